import type { IncomingMessage, ServerResponse } from 'node:http';

const EVENT_STREAM = 'text/event-stream';

/** The requests that are under way. */
export class Requests {
  readonly #open = new Set<ServerResponse>();
  #changed = () => {};
  #finishing = false;

  /** Takes note of a request until it has been answered, or its client has gone. */
  add(request: IncomingMessage, response: ServerResponse): void {
    this.#open.add(response);
    if (this.#finishing) {
      response.setHeader('connection', 'close');
    }
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#finishing) {
        request.socket.end();
      }
      this.#changed();
    });
  }

  /**
   * Ends every event stream at once, by cutting its connection: told that the stream is complete, a
   * client would not connect again. Waits so long for all other requests, and then cuts them, too.
   */
  async finish(graceMs: number): Promise<void> {
    this.#finishing = true;
    for (const response of this.#open) {
      if (String(response.getHeader('content-type')).startsWith(EVENT_STREAM)) {
        response.destroy();
      }
    }
    const late = AbortSignal.timeout(graceMs);
    late.addEventListener('abort', () => this.#cutAll());
    while (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #cutAll(): void {
    for (const response of this.#open) {
      response.destroy();
    }
  }
}
