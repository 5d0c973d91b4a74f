import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A process of the service, or of one of its scripts. Disposing of it kills what is still there. */
export interface ServiceProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves with the match once its standard output or error fits; rejects if it ends before. */
  said(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves with its exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** Runs one of src/*.ts with only these variables of its own; by way of a command that runs the one behind it, if given. */
export function runProcess(
  script: 'main' | 'demo',
  env: Record<string, string>,
  by: readonly string[] = [],
): ServiceProcess {
  const [command = process.execPath, ...args] = [...by, process.execPath, `src/${script}.ts`];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const closed = once(child, 'close');
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of watchers) {
        look();
      }
    });
  }
  const ended = async () => {
    await closed;
    return child.signalCode ?? child.exitCode ?? -1;
  };
  return {
    child,
    output,
    ended,
    said: (pattern) =>
      new Promise((found, failed) => {
        const look = () => {
          const match = output.stdout.match(pattern) ?? output.stderr.match(pattern);
          if (match !== null) {
            watchers.delete(look);
            found(match);
          }
        };
        watchers.add(look);
        look();
        void ended().then((code) =>
          failed(new Error(`ended with ${code} before ${pattern}: ${JSON.stringify(output)}`)),
        );
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** A folder of a test's own. Disposing of it removes it. */
export async function createTestFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'showrunner-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
