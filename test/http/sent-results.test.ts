import { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import type { Results, ResultTaker } from '../../src/graphql/index.ts';
import { SentResults } from '../../src/http/sent-results.ts';

const OPEN = 1;
const CLOSING = 2;
const END: IteratorReturnResult<void> = { done: true, value: undefined };

/** Results that a test gives to whoever has pulled. */
class GivenResults implements Results {
  pulls = 0;
  #taker: ResultTaker | undefined;

  give(next: IteratorResult<ExecutionResult, void>): void {
    this.#taker?.take(next);
  }

  pull(taker: ResultTaker): void {
    this.pulls++;
    this.#taker = taker;
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.give(END);
    return END;
  }

  next(): Promise<never> {
    return Promise.reject(new Error('they are pulled'));
  }

  throw(error: unknown): Promise<never> {
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A client that takes what it is sent at once, or as soon as `takeOne` is called. */
function scene({ isStalled = false } = {}) {
  const frames: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      frames.push(chunk.toString('utf8', 2));
      if (isStalled) {
        waiting.push(done);
      } else {
        done();
      }
    },
  });
  const results = new GivenResults();
  const socket: { readyState: 1 | 2; OPEN: 1 } = { readyState: OPEN, OPEN };
  const sent = new SentResults(results, { clientId: '1', socket, stream });
  return { results, socket, sent, frames, takeOne: () => waiting.shift()?.() };
}

const value = { data: { n: 1 } };
const frame = '{"id":"1","type":"next","payload":{"data":{"n":1}}}';

test('results are sent as they come, and those with errors and the end are left to graphql-ws', async () => {
  const { results, sent, frames } = scene();
  const first = sent.next();
  results.give({ done: false, value });
  results.give({ done: false, value });
  const broken = { errors: [], data: null };
  results.give({ done: false, value: broken });
  expect(await first).toEqual({ done: false, value: broken });
  expect(results.pulls).toBe(3);

  const last = sent.next();
  results.give({ done: false, value });
  results.give(END);
  expect(await last).toEqual(END);
  expect(frames).toEqual([frame, frame, frame]);
});

test('the next result is asked for once the client has taken the one before', async () => {
  const { results, sent, frames, takeOne } = scene({ isStalled: true });
  void sent.next();
  results.give({ done: false, value });
  await new Promise(setImmediate);
  expect({ frames, pulls: results.pulls }).toEqual({ frames: [frame], pulls: 1 });
  takeOne();
  takeOne();
  await expect.poll(() => results.pulls).toBe(2);
});

test('nothing is sent for an operation that its client has ended, or while the socket closes', async () => {
  const { results, socket, sent, frames } = scene();
  const ended = sent.next();
  socket.readyState = CLOSING;
  results.give({ done: false, value });
  expect({ frames, pulls: results.pulls }).toEqual({ frames: [], pulls: 2 });
  socket.readyState = OPEN;
  await sent.return();
  results.give({ done: false, value });
  expect(await ended).toEqual(END);
  expect(frames).toEqual([]);
});

test('a result that can not be written fails by itself', async () => {
  const { results, sent, frames } = scene();
  const asked = sent.next();
  results.give({ done: false, value: { data: { n: 1n } } });
  await expect(asked).rejects.toThrow('BigInt');
  expect(frames).toEqual([]);
});
