import { basename } from 'node:path';
import { OPEN, PROFILE_DIR, type Reply, type Request } from './calls.ts';
import { heapTypes } from './heap-types.ts';
import { recordProfile } from './profile.ts';

type Handlers<C> = { [Name in keyof C]: C[Name] };

/** Measures of a process that every host offers. */
export const PROCESS_CALLS = {
  /** CPU time that this process has used, in milliseconds. */
  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  /** Bytes that this process holds after its rubbish has been taken away. */
  async memory(): Promise<{ rss: number; heap: number; external: number }> {
    for (let pass = 0; pass < 3; pass++) {
      await globalThis.gc?.({ type: 'major', execution: 'async' });
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed, external };
  },
  heapTypes,
};

/** As PROCESS_CALLS offers them. */
export type ProcessCalls = typeof PROCESS_CALLS;

/** Answers the calls of the process that started this one, until that one lets go. */
export function serveCalls<C extends object>(handlers: Handlers<C>, stop: () => Promise<void>): void {
  const table = new Map<string, unknown>(Object.entries(handlers));
  const answer = async ({ id, name, args }: Request): Promise<Reply> => {
    const handler = table.get(name);
    if (typeof handler !== 'function') {
      return { id, error: `there is no call ${name}` };
    }
    try {
      return { id, result: JSON.stringify((await handler(...args)) ?? null) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  let profile: AsyncDisposable | undefined;
  const serve = async (request: Request) => {
    const reply = await answer(request);
    const dir = process.env[PROFILE_DIR];
    if (request.name === OPEN && dir !== undefined) {
      profile ??= await recordProfile(dir, `${basename(process.argv[1] ?? '', '.ts')}-${process.pid}`);
    }
    process.send?.(JSON.stringify(reply));
  };
  process.on('message', (text) => void serve(JSON.parse(String(text))));
  const end = async () => {
    await profile?.[Symbol.asyncDispose]();
    await stop();
  };
  process.once('disconnect', () => void end().finally(() => process.exit()));
}
