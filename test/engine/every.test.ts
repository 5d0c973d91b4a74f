import { expect, test } from 'vitest';
import { every } from '../../src/engine/every.ts';
import { LOST, STOPPING } from '../../src/engine/lease.ts';
import { persist } from '../../src/engine/persist.ts';
import { testLog } from '../helpers/engine.ts';

const NEVER_MS = 1_000_000;

test('a task runs at once, and again when it is asked for', async () => {
  const runs: number[] = [];
  let ran = Promise.withResolvers<void>();
  await using task = every(NEVER_MS, testLog, async () => {
    runs.push(runs.length);
    ran.resolve();
  });
  await ran.promise;
  // After the run has come to its end.
  await new Promise(setImmediate);
  ran = Promise.withResolvers();
  task.now();
  await ran.promise;
  expect(runs).toEqual([0, 1]);
});

test('one run at a time: however often it is asked for meanwhile, it runs once more', async () => {
  let running = 0;
  let runs = 0;
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const second = Promise.withResolvers<void>();
  const task = every(NEVER_MS, testLog, async () => {
    running += 1;
    expect(running).toBe(1);
    runs += 1;
    if (runs === 2) {
      second.resolve();
    }
    await gates[runs - 1]?.promise;
    running -= 1;
  });
  task.now();
  task.now();
  task.now();
  gates[0]?.resolve();
  await second.promise;
  gates[1]?.resolve();
  await task[Symbol.asyncDispose]();
  expect(runs).toBe(2);
});

test('a run that throws does not keep the next from coming, and disposing waits for the run in progress', async () => {
  let runs = 0;
  let isEnded = false;
  const gate = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const task = every(1, testLog, async () => {
    runs += 1;
    if (runs === 1) {
      throw new Error('once');
    }
    second.resolve();
    await gate.promise;
    isEnded = true;
  });
  await second.promise;
  const disposed = task[Symbol.asyncDispose]();
  task.now();
  gate.resolve();
  await disposed;
  expect(isEnded).toBe(true);
  expect(runs).toBe(2);
});

test('a write is tried until the database is back, unless it is refused or the service has no more time', async () => {
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  let tries = 0;
  const flaky = async () => {
    tries += 1;
    if (tries < 3) {
      throw away;
    }
    return 'written';
  };
  // A run that is lost is still to be written off properly.
  expect(await persist(testLog, flaky, AbortSignal.abort(LOST))).toBe('written');
  expect(tries).toBe(3);

  const refused = async () => {
    tries += 1;
    throw new Error('refused');
  };
  tries = 0;
  await expect(persist(testLog, refused, new AbortController().signal)).rejects.toThrow('refused');
  expect(tries).toBe(1);

  tries = 0;
  const gone = async () => {
    tries += 1;
    throw away;
  };
  await expect(persist(testLog, gone, AbortSignal.abort(STOPPING))).rejects.toBe(away);
  expect(tries).toBe(1);
});
