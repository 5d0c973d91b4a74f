import { type Pullable, pulled, type Taker } from '../feed/pullable.ts';
import { TimeLimit } from './time-limit.ts';

/** The same events; where the first of them takes longer than it may, next() rejects with TimedOut, and they end. */
export function beginsInTime<Event>(events: Pullable<Event>, limitMs: number): Pullable<Event> {
  let isFirst = true;
  const end = async (): Promise<IteratorResult<Event, undefined>> =>
    (await events.return?.()) ?? { done: true, value: undefined };
  const first = async (): Promise<IteratorResult<Event, undefined>> => {
    using time = new TimeLimit(limitMs);
    const { promise: over, reject } = Promise.withResolvers<never>();
    time.signal.addEventListener('abort', () => {
      reject(time.signal.reason);
      void end();
    });
    return await Promise.race([events.next(), over]);
  };
  return {
    next() {
      return pulled(this);
    },
    pull(taker: Taker<Event>) {
      if (!isFirst) {
        events.pull(taker);
        return;
      }
      isFirst = false;
      first().then(
        (next) => taker.take(next),
        (error) => taker.fail(error),
      );
    },
    return: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
