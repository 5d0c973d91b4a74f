import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What may wait for a client to take it before nothing more is read of what it sends. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/**
 * Reads nothing from a client while it does not take what it is sent: whatever it asks for, pongs
 * too, would have to be kept for it. `stream` is what the socket stands on.
 */
export function pauseWhileUnread(socket: WebSocket, stream: Duplex): void {
  const look = () => {
    if (socket.bufferedAmount > MAX_UNREAD_BYTES && !socket.isPaused) {
      socket.pause();
      stream.once('drain', () => socket.resume());
    }
  };
  socket.on('message', look);
  socket.on('ping', look);
}
