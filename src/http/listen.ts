import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListenError, PortTakenError } from './errors.ts';

/** Where a server listens. */
export interface Address {
  port: number;
  /** As a browser on this machine reaches it, without a slash at its end. */
  url: string;
}

/** Starts listening; port 0 takes any that is free. Throws PortTakenError, or ListenError for all else. */
export async function listen(server: Server, host: string, port: number): Promise<Address> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const where = `${bracketed(host)}:${port}`;
    if (code === 'EADDRINUSE') {
      throw new PortTakenError(`${where} is taken by another process`, { cause: error });
    }
    throw new ListenError(`Can't listen on ${where}: ${String(code ?? error)}`, { cause: error });
  }
  const taken = portOf(server.address());
  return { port: taken, url: `http://${reachable(host)}:${taken}` };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') {
    throw new TypeError('a TCP server has a port');
  }
  return address.port;
}

/** All addresses are none that a browser can go to. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : bracketed(host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
