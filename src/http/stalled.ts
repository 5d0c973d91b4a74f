import type { ServerResponse } from 'node:http';

/** How often it is seen to that the time runs, within that time. */
const LOOKS = 10;

/** Cuts the connection of a client that takes nothing of what waits for it, for so long. */
export function cutWhenStalled(response: ServerResponse, stalledMs: number): void {
  response.setTimeout(stalledMs, () => {
    const { socket } = response;
    // Where nothing waits, it is the client that waits, for an operation or for the next event.
    if (socket !== null && socket.writableLength > 0) {
      socket.destroy();
    }
  });
  // Yoga takes it off whatever it streams.
  const again = setInterval(() => {
    if (response.socket?.timeout === 0) {
      response.socket.setTimeout(stalledMs);
    }
  }, stalledMs / LOOKS);
  response.once('close', () => clearInterval(again));
}
