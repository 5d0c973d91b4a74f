import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { listProjects } from './cli/batches.ts';
import { ExitCode } from './cli/exit-code.ts';
import { follow } from './cli/follow.ts';
import { submit } from './cli/submit.ts';
import { readTexts } from './cli/texts.ts';
import { parseConfig } from './config.ts';
import { createLog } from './log.ts';
import { startService } from './main.ts';

const EXAMPLES = resolve(import.meta.dirname, '../examples');

/** It is for whoever started it alone. */
const OF_DEMO = {
  HOST: '',
  PORT: '0',
  ROLE: 'all',
  AUTH_TOKENS: '',
  AUTH_JWKS_URL: '',
  AUTH_ISSUER: '',
  AUTH_AUDIENCE: '',
};

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

/**
 * Starts the service, submits the texts in examples/, shows how they get on, and names the videos.
 * Gives the exit code: 0 where every text has become a video.
 */
async function demo(): Promise<number> {
  const dataDir = process.env['DATA_DIR'] ?? 'data/demo';
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env, ...OF_DEMO, DATA_DIR: dataDir });
  await using service = await startService(config, createLog(config.logLevel));
  const api = { url: `${service.url}/graphql`, signal: stop.signal };
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`Showrunner runs at ${api.url} until this demo ends.`);

  const startedAt = performance.now();
  const { batch } = await submit(api, { name: 'Demo', idempotencyKey: randomUUID() }, await readTexts([EXAMPLES]));
  say(`Batch '${batch.name}' (${batch.id}) with ${batch.totalProjects} projects:\n`);
  await follow(api, process, batch);

  const projects = await listProjects(api, batch.id);
  const videos = projects.filter(({ status }) => status === 'COMPLETED');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`\n${videos.length} of ${projects.length} videos made in ${seconds} s:`);
  for (const { videoUrl } of videos) {
    say(`  ${join(resolve(dataDir), String(videoUrl))}`);
  }
  say('\nStart the service for good with: npm start');
  return videos.length === projects.length ? 0 : 1;
}

try {
  process.exitCode = await demo();
} catch (error) {
  if (stop.signal.aborted) {
    process.exitCode = ExitCode.interrupted;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
