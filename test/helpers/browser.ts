import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

/** Where the package that carries Chromium has it, compressed. */
const PACKAGE = fileURLToPath(new URL('..', import.meta.resolve('@sparticuz/chromium')));

/**
 * Starts a Chromium without a window: one per test file, with a context per test; `env` are variables
 * of its own. Disposing of it ends it.
 */
export async function openBrowser(env: Record<string, string> = {}): Promise<Browser & AsyncDisposable> {
  return chromium.launch({
    env: { ...process.env, ...env },
    executablePath: await extractChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--headless=shell', '--disable-background-networking'],
  });
}

/**
 * The path of Chromium, which is unpacked once per machine and version. Written aside and put in
 * place whole, as several test processes may be at it at once: the package's own function would give
 * one of them what another has half written.
 */
async function extractChromium(): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  const path = join(tmpdir(), `showrunner_chromium_${version}`);
  if (!existsSync(path)) {
    const aside = `${path}_${randomUUID()}`;
    try {
      const source = createReadStream(join(PACKAGE, 'bin', 'chromium.br'));
      await pipeline(source, createBrotliDecompress(), createWriteStream(aside, { mode: 0o755 }));
      await rename(aside, path);
    } finally {
      await rm(aside, { force: true });
    }
  }
  return path;
}
