import { parseConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import type { DriverCalls } from '../harness/driver.ts';
import { openApi } from '../harness/open-api.ts';
import { type Opened, openPlace } from '../harness/open-place.ts';
import { PROCESS_CALLS, type ProcessCalls, serveCalls } from '../harness/serve-calls.ts';

/** The service's API in a process of its own. */
export interface ServiceCalls extends DriverCalls, ProcessCalls {
  /** Opens database and API by the variables of an environment; gives the URL, without a path. */
  open(env: Record<string, string>): Promise<string>;
}

const stack = new AsyncDisposableStack();
let opened: Opened | undefined;

function driver() {
  if (opened === undefined) {
    throw new Error('the database is not open');
  }
  return opened.driver;
}

serveCalls<ServiceCalls>(
  {
    ...PROCESS_CALLS,
    async open(env) {
      const config = parseConfig(env);
      const log = createLog(config.logLevel);
      opened = stack.use(await openPlace(config, { operationTimeoutMs: config.limits.operationTimeoutMs }));
      return stack.use(await openApi(config, log, opened.database)).url;
    },
    query: (text, values) => driver().query(text, values),
    time: (text, values) => driver().time(text, values),
    commit: (text, values) => driver().commit(text, values),
  },
  () => stack.disposeAsync(),
);
