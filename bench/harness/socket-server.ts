import type { AddressInfo } from 'node:net';
import type { WebSocketServer } from 'ws';

/** Where a server of WebSockets on this machine is reached. */
export function urlOf(sockets: WebSocketServer): string {
  const address: AddressInfo | string | null = sockets.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server does not listen to a port');
  }
  return `ws://127.0.0.1:${address.port}`;
}

/** Ends a server, with its connections. */
export function cutAll(sockets: WebSocketServer): void {
  for (const socket of sockets.clients) {
    socket.terminate();
  }
  sockets.close();
}
