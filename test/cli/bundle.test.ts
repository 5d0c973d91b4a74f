import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { createTestFolder } from '../helpers/process.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('bundled and below node_modules, where Node takes no types out, it runs as it does here', async () => {
  await using folder = await createTestFolder();
  const home = join(folder.path, 'node_modules', 'showrunner');
  const outDir = join(home, 'src/generated/cli');
  await mkdir(outDir, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(home, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  await build({
    configFile: join(ROOT, 'src/cli/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  });

  const script = join(outDir, 'showrunner.js');
  expect(await readFile(script, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const run = promisify(execFile);
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect((await run(process.execPath, [script, '--version'])).stdout).toBe(`${version}\n`);
  const help = await run(process.execPath, [script, 'watch', '--help']);
  expect(help.stdout).toMatch(/^Usage: npx showrunner watch /);
  await expect(run(process.execPath, [script, 'list', '--url', 'http://127.0.0.1:9'])).rejects.toMatchObject({
    code: 3,
  });
});
