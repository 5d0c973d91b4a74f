import type { ServerResponse } from 'node:http';
import { keyOf, readSendingAgain } from './sending-again.ts';

const EVENT_STREAM = 'text/event-stream';
/** How often it is looked within the time that a client has. */
const LOOKS = 6;

/**
 * Cuts event streams whose clients have gone without a word, as when a cable is pulled. A client of
 * one never says anything, and the system would send again what nobody acknowledges for a quarter
 * of an hour. What is sent is at least yoga's comment, every 12 s.
 */
export class DeadPeers implements Disposable {
  readonly #open = new Set<ServerResponse>();
  /** Since when each has acknowledged nothing, by performance.now(). */
  readonly #silentSince = new Map<ServerResponse, number>();
  readonly #silentMs: number;
  readonly #timer: NodeJS.Timeout;

  /** `silentMs` is how long a client may acknowledge nothing of what it is sent. */
  constructor(silentMs: number) {
    this.#silentMs = silentMs;
    this.#timer = setInterval(() => void this.#look(), silentMs / LOOKS).unref();
  }

  /** Takes note of an answer that is begun. */
  add(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      this.#silentSince.delete(response);
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const streams = [...this.#open].filter((response) =>
      String(response.getHeader('content-type')).startsWith(EVENT_STREAM),
    );
    if (streams.length === 0) {
      return;
    }
    const sendingAgain = await readSendingAgain();
    const now = performance.now();
    for (const stream of streams) {
      if (stream.socket === null || !sendingAgain.has(keyOf(stream.socket))) {
        this.#silentSince.delete(stream);
        continue;
      }
      const since = this.#silentSince.get(stream) ?? now;
      this.#silentSince.set(stream, since);
      if (now - since >= this.#silentMs) {
        stream.destroy();
      }
    }
  }
}
