import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import { type Results, type ResultTaker, textOf } from '../graphql/index.ts';
import { beforeResult, resultFrame } from './text-frame.ts';

type Next = IteratorResult<ExecutionResult, void>;

/** Where the results of an operation are sent. */
export interface Recipient {
  /** What the client calls the operation. */
  clientId: string;
  socket: Pick<WebSocket, 'readyState' | 'OPEN'>;
  /** What the socket stands on. */
  stream: Writable;
}

const NOTHING = Buffer.alloc(0);

/**
 * The results of a subscription as graphql-ws goes through them: it is given only what it has to
 * write itself, which is results with errors, and the end. All others are sent from here, right
 * away: what goes to many is in JSON already, and for each of them graphql-ws would take several
 * promises.
 */
export class SentResults implements AsyncGenerator<ExecutionResult, void, void>, ResultTaker {
  readonly #results: Results;
  readonly #before: string;
  readonly #socket: Recipient['socket'];
  readonly #stream: Writable;
  /** Who waits for a result that is not sent from here. */
  #waiting: PromiseWithResolvers<Next> | undefined;
  #isOver = false;

  constructor(results: Results, { clientId, socket, stream }: Recipient) {
    this.#results = results;
    this.#before = beforeResult(clientId);
    this.#socket = socket;
    this.#stream = stream;
  }

  /** Called by graphql-ws once it has sent what it was given before. */
  next(): Promise<Next> {
    this.#waiting = Promise.withResolvers<Next>();
    const { promise } = this.#waiting;
    this.#results.pull(this);
    return promise;
  }

  take(next: Next): void {
    let frame: Buffer | undefined;
    try {
      const text = next.done ? undefined : textOf(next.value);
      frame = text && resultFrame(this.#before, text);
    } catch (error) {
      this.fail(error);
      void this.return();
      return;
    }
    if (frame === undefined) {
      this.#waiting?.resolve(next);
    } else {
      this.#send(frame);
    }
  }

  fail(error: unknown): void {
    this.#waiting?.reject(error);
  }

  /** Called by graphql-ws as soon as the client has ended the operation, or gone: nothing is sent for it any more. */
  return(): Promise<Next> {
    this.#isOver = true;
    return this.#results.return();
  }

  throw(error: unknown): Promise<Next> {
    this.#isOver = true;
    return this.#results.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Goes on once the result has left this process, so that a slow client is given the newest only. */
  #send(frame: Buffer): void {
    const stream = this.#stream;
    if (!this.#isOver && this.#socket.readyState === this.#socket.OPEN) {
      stream.write(frame);
    }
    if (stream.writableLength === 0) {
      // Without a callback, which would come a tick later for each of thousands.
      this.#results.pull(this);
    } else {
      stream.write(NOTHING, () => this.#results.pull(this));
    }
  }
}
