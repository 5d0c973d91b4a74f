import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between a client and a server, which can be cut. Disposing of it cuts it for good. */
export interface Network extends AsyncDisposable {
  /** http://127.0.0.1:<port>, on the client's side. */
  readonly url: string;
  /** Ends every connection, and refuses new ones. */
  cut(): void;
  /** Lets nothing through in either direction, without a word: as when a cable is pulled. */
  freeze(): void;
  /** Lets new connections through again; frozen ones stay as they are. */
  mend(): void;
}

/** Puts a network before the server on a port of this machine. */
export async function openNetwork(targetPort: number): Promise<Network> {
  const sockets = new Set<Socket>();
  let state: 'whole' | 'cut' | 'frozen' = 'whole';
  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
    if (state === 'frozen') {
      freezeBoth(client, upstream);
    }
  });
  const freezeBoth = (...both: Socket[]) => {
    for (const socket of both) {
      socket.unpipe();
      socket.pause();
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    state = 'cut';
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    freeze() {
      state = 'frozen';
      freezeBoth(...sockets);
    },
    mend() {
      state = 'whole';
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
