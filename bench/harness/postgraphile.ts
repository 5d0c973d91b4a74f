import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Host } from './host.ts';
import type { Run } from './row.ts';

/** PostGraphile in a process of its own. */
export interface PostGraphileCalls {
  /** Serves the tables of a database; gives the URL of its GraphQL. */
  open(connectionString: string): Promise<string>;
}

const FOLDER = resolve(import.meta.dirname, '../postgraphile');

/** Starts PostGraphile on a database; installs it first where it is not there. */
export async function startPostGraphile(
  run: Run,
  databaseUrl: string,
): Promise<AsyncDisposable & { readonly url: string }> {
  await install(run);
  await using starting = new AsyncDisposableStack();
  const host = starting.use(new Host<PostGraphileCalls>('../postgraphile/server.mjs', run, { NODE_ENV: 'production' }));
  const url = await host.call('open', databaseUrl);
  const running = starting.move();
  return { url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function install({ say }: Run): Promise<void> {
  try {
    await access(join(FOLDER, 'node_modules/postgraphile'));
  } catch {
    say('installing PostGraphile in bench/postgraphile');
    await promisify(execFile)('npm', ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund']);
  }
}
