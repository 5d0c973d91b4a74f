import type { Duplex } from 'node:stream';

/** More than any token, with room for what comes around it. */
const MAX_BYTES = 64 * 1024;

/**
 * Watches what a client sends before it is let in, which nobody has asked it for: calls `onTooMuch`
 * once where that is too much. The result ends the watch. `stream` is what the WebSocket stands on.
 */
export function watchBeforeHello(stream: Duplex, onTooMuch: () => void): () => void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      stream.off('data', count);
      onTooMuch();
    }
  };
  stream.on('data', count);
  return () => stream.off('data', count);
}
