import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';

/** A network between a client and a server that a test can disturb. Disposing of it closes it. */
export interface Proxy extends AsyncDisposable {
  /** Where the client connects to, without a path. */
  readonly url: string;
  /** Everything that clients have sent, one text per connection. */
  readonly sent: readonly string[];
  /** Cuts every connection and takes no new one until mend(). */
  cut(): void;
  /** Lets nothing through in either direction, without a word, as when a cable is pulled, until mend(); connections of that time stay so. */
  freeze(): void;
  mend(): void;
  /** Of each new connection, lets only so many bytes of the answers through; then cuts it, or stalls. */
  limit(bytes: number | undefined, then?: 'cut' | 'stall'): void;
  /** Resolves once a connection was cut or has stalled by its limit. */
  limited(): Promise<void>;
}

/** Opens a proxy in front of a server. */
export async function openProxy(targetUrl: string): Promise<Proxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  const frozen = new Set<Socket>();
  const sent: string[] = [];
  let down = false;
  let freezing = false;
  let limit: { bytes: number; then: 'cut' | 'stall' } | undefined;
  let tellLimited = () => {};
  const server = createServer((client) => {
    if (down) {
      client.destroy();
      return;
    }
    const index = sent.push('') - 1;
    const upstream = openSocket(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      if (freezing) {
        frozen.add(socket);
      }
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        frozen.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (frozen.has(client)) {
        return;
      }
      sent[index] += chunk.toString('latin1');
      upstream.write(chunk);
    });
    const own = limit && { ...limit };
    upstream.on('data', (chunk) => {
      if (frozen.has(upstream)) {
        return;
      }
      const passed = own === undefined ? chunk : chunk.subarray(0, own.bytes);
      if (own !== undefined) {
        own.bytes -= passed.length;
      }
      client.write(passed, () => {
        if (own !== undefined && own.bytes === 0) {
          if (own.then === 'cut') {
            client.destroy();
          }
          tellLimited();
        }
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const destroyAll = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    sent,
    cut() {
      down = true;
      destroyAll();
    },
    freeze() {
      freezing = true;
      for (const socket of sockets) {
        frozen.add(socket);
      }
    },
    mend() {
      down = false;
      freezing = false;
    },
    limit(bytes, then = 'cut') {
      limit = bytes === undefined ? undefined : { bytes, then };
    },
    limited: () =>
      new Promise((resolve) => {
        tellLimited = resolve;
      }),
    async [Symbol.asyncDispose]() {
      destroyAll();
      server.close();
      await once(server, 'close');
    },
  };
}
