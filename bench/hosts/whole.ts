import { parseConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startService } from '../../src/main.ts';
import { PROCESS_CALLS, type ProcessCalls, serveCalls } from '../harness/serve-calls.ts';

/** The whole service, as its command starts it. */
export interface WholeCalls extends ProcessCalls {
  /** Starts it by the variables of an environment. */
  open(env: Record<string, string>): Promise<void>;
}

const stack = new AsyncDisposableStack();

serveCalls<WholeCalls>(
  {
    ...PROCESS_CALLS,
    async open(env) {
      const config = parseConfig(env);
      stack.use(await startService(config, createLog(config.logLevel)));
    },
  },
  () => stack.disposeAsync(),
);
