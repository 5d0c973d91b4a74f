import { type ExecutionResult, GraphQLError } from 'graphql';
import { afterEach, expect, test, vi } from 'vitest';
import { type ResultWaiter, shareResult } from '../../src/graphql/shared-results.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Asks for the result of an event under a key; gives it, and how often it was made anew. */
function asker(event: object) {
  let count = 0;
  const made = vi.fn(async (): Promise<ExecutionResult> => ({ data: { number: ++count } }));
  const ask = (shareKey: string) =>
    new Promise<ExecutionResult>((resolve, reject) => {
      const waiter: ResultWaiter = { made: resolve, fail: reject };
      shareResult(event, { shareKey, run: made }, waiter);
    });
  return { made, ask };
}

test('who asks the same of the same event is given the same', async () => {
  const { made, ask } = asker({});
  const [one, other] = await Promise.all([ask('key'), ask('key')]);
  expect(other).toBe(one);
  expect(await ask('key')).toBe(one);
  expect(await ask('another key')).not.toBe(one);
  expect(made).toHaveBeenCalledTimes(2);
});

test('what has failed is made again for whoever comes later', async () => {
  const { made, ask } = asker({});
  made.mockResolvedValueOnce({ errors: [new GraphQLError('away')], data: null });
  expect(await Promise.all([ask('key'), ask('key')])).toMatchObject([{ data: null }, { data: null }]);
  made.mockRejectedValueOnce(new Error('broken'));
  await expect(ask('key')).rejects.toThrow('broken');
  expect(await ask('key')).toMatchObject({ data: { number: 1 } });
});

test('a result is not kept for as long as its event lives', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const { made, ask } = asker({});
  await ask('key');
  vi.advanceTimersByTime(999);
  await ask('key');
  expect(made).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  await ask('key');
  expect(made).toHaveBeenCalledTimes(2);
});

test('no more than a handful of different results are kept of one event', async () => {
  const { made, ask } = asker({});
  const keys = Array.from({ length: 60 }, (_, number) => `key ${number}`);
  for (const key of [...keys, ...keys]) {
    await ask(key);
  }
  expect(made.mock.calls.length).toBe(60 + 10);
});
