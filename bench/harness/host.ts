import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { type Calls, PROFILE_DIR, type Reply, type Request } from './calls.ts';
import type { Run } from './row.ts';

const HOSTS = resolve(import.meta.dirname, '../hosts');
const STOP_MS = 20_000;

/**
 * A process of its own, so that nobody else's work is in its CPU time and its memory. Disposing of
 * it lets it stop in order, so that its profile is written.
 */
export class Host<C extends { [Name in keyof C]: Calls[string] }> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  readonly #ended: Promise<unknown>;
  #lastId = 0;

  /** Starts a file of bench/hosts, with some variables besides those of this process. */
  constructor(name: string, { profileDir }: Pick<Run, 'profileDir'>, env: Record<string, string> = {}) {
    this.#child = fork(resolve(HOSTS, name), {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...(profileDir !== undefined && { [PROFILE_DIR]: profileDir }), ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    // Not close, which does not come where this side has let go of the channel.
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`the process ${name} ended with ${signal ?? code}`));
      }
    });
    this.#child.on('message', (text) => {
      const reply: Reply = JSON.parse(String(text));
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error === undefined) {
        waiting?.resolve(reply);
      } else {
        waiting?.reject(new Error(`in the process ${name}: ${reply.error}`));
      }
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Calls something in the process. Rejects with its error, or where the process ends meanwhile. */
  async call<Name extends keyof C & string>(
    name: Name,
    ...args: Parameters<C[Name]>
  ): Promise<Awaited<ReturnType<C[Name]>>> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(id, waiting);
    const request: Request = { id, name, args };
    this.#child.send(JSON.stringify(request), (error) => {
      if (error !== null) {
        waiting.reject(error);
      }
    });
    const { result = 'null' } = await waiting.promise;
    return JSON.parse(result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    if (this.#child.connected) {
      this.#child.disconnect();
    }
    await this.#ended;
    clearTimeout(late);
  }
}
