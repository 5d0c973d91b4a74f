import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ChildOptions } from './open-child.ts';

/** A process that has opened, or opens, a database. Disposing of it kills it. */
export interface DatabaseProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Resolves with the first message that matches, told before or after. */
  told(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
}

/** Starts a process that opens a database. */
export function startProcess(options: ChildOptions): DatabaseProcess {
  const child = fork(new URL('./open-child.ts', import.meta.url), [JSON.stringify(options)], { execArgv: [] });
  const told: string[] = [];
  child.on('message', (message) => void told.push(String(message)));
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal);
  return {
    process: child,
    exited,
    async told(pattern) {
      for (;;) {
        const match = told.find((message) => pattern.test(message));
        if (match !== undefined) {
          return match;
        }
        await Promise.race([
          once(child, 'message'),
          exited.then((how) => Promise.reject(new Error(`ended with ${how} after telling ${told}`))),
        ]);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
