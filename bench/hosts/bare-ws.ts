import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import type { Driver, DriverCalls } from '../harness/driver.ts';
import { type Opened, openPlace } from '../harness/open-place.ts';
import { PROCESS_CALLS, type ProcessCalls, serveCalls } from '../harness/serve-calls.ts';
import { cutAll, urlOf } from '../harness/socket-server.ts';

/** What ws and the driver can do by themselves: no GraphQL, no feed, nothing read again. */
export interface BareCalls extends DriverCalls, ProcessCalls {
  /** Listens for WebSockets; gives the URL. */
  open(): Promise<string>;
  /** Hears the service's channel in a database of this place, and sends these bytes to all for each change of the batch. */
  relay(place: { dataDir: string; databaseUrl?: string | undefined }, message: string): Promise<void>;
  /** Which batch is meant. */
  watch(batchId: string): void;
  /** Sends these bytes to all. */
  broadcast(message: string): void;
}

const stack = new AsyncDisposableStack();
const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
stack.defer(() => cutAll(sockets));
let opened: Opened | undefined;
let watched = '';

function driver(): Driver {
  if (opened === undefined) {
    throw new Error('the database is not open');
  }
  return opened.driver;
}

function send(message: Buffer): void {
  for (const socket of sockets.clients) {
    socket.send(message, { binary: false });
  }
}

serveCalls<BareCalls>(
  {
    ...PROCESS_CALLS,
    async open() {
      if (sockets.address() === null) {
        await once(sockets, 'listening');
      }
      return urlOf(sockets);
    },
    async relay(place, message) {
      const bytes = Buffer.from(message);
      opened = stack.use(await openPlace({ dataDir: place.dataDir, databaseUrl: place.databaseUrl }));
      const onNotification = (payload: string) => {
        if (payload.startsWith(watched)) {
          send(bytes);
        }
      };
      stack.use(await opened.database.listen('showrunner_batches', onNotification, () => {}));
    },
    watch(batchId) {
      watched = batchId;
    },
    broadcast: (message) => send(Buffer.from(message)),
    query: (text, values) => driver().query(text, values),
    time: (text, values) => driver().time(text, values),
    commit: (text, values) => driver().commit(text, values),
  },
  () => stack.disposeAsync(),
);
