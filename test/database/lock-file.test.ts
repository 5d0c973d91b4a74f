import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DatabaseLockedError } from '../../src/database/errors.ts';
import { takeLock } from '../../src/database/lock-file.ts';
import { type ProcessIdentity, thisProcess } from '../../src/database/process-identity.ts';
import type { Answer, Order } from './lock-child.ts';

const CHILD = new URL('./lock-child.ts', import.meta.url);

let dir: string;
let path: string;
const children: Child[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'showrunner-lock-'));
  path = join(dir, 'database.lock');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await rm(dir, { recursive: true, force: true });
});

/** A process that takes locks for the test. */
class Child {
  readonly process: ChildProcess = fork(CHILD, { execArgv: [] });

  static async start(): Promise<Child> {
    const child = new Child();
    children.push(child);
    await child.answer();
    return child;
  }

  async answer(): Promise<Answer> {
    const [message]: Answer[] = await once(this.process, 'message');
    return message ?? { kind: 'overlap' };
  }

  async order(order: Order): Promise<Answer> {
    const answer = this.answer();
    this.process.send(order);
    return answer;
  }

  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await exited;
    }
  }
}

/** Leaves a lock as another process would have. */
async function leaveLock(owner: Partial<ProcessIdentity> & { token?: string }): Promise<void> {
  await writeFile(path, JSON.stringify({ ...thisProcess(), token: crypto.randomUUID(), ...owner }));
}

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('the file says who holds it, and is gone once it is let go', async () => {
  const lock = await takeLock(path);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    pid: process.pid,
    hostname: hostname(),
    startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    command: process.argv.join(' ').slice(0, 200),
  });
  await lock[Symbol.asyncDispose]();
  expect(await readdir(dir)).toEqual([]);
});

test('a second process is refused with the pid, host and time of the holder', async () => {
  const child = await Child.start();
  await child.order({ kind: 'take', path });
  await expect(takeLock(path)).rejects.toThrow(
    new RegExp(`process ${child.process.pid} on ${hostname()} since \\d{4}-\\d\\d-\\d\\dT`),
  );
  await child.order({ kind: 'release' });
  await using _lock = await takeLock(path);
});

test('the same process is refused a second time', async () => {
  await using _lock = await takeLock(path);
  await expect(takeLock(path)).rejects.toThrow(DatabaseLockedError);
});

/** Waiting for this to pass would take longer than a test may. */
const NEVER_STALE = { touchMs: 3_000, staleMs: 600_000 };

test('a lock left by a killed process is taken over at once', async () => {
  const child = await Child.start();
  await child.order({ kind: 'take', path });
  await child.kill();
  await using _lock = await takeLock(path, { times: NEVER_STALE });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
});

test.runIf(process.platform === 'linux')('a pid that was given out again is not its former process', async () => {
  await leaveLock({ startTicks: '1' });
  await using _lock = await takeLock(path);
});

test.runIf(process.platform === 'linux')(
  'a process that is dead but not yet reaped does not hold its lock',
  async () => {
    // The shell becomes another program, which never asks after the child that the shell had started.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [pid] = await once(parent.stdout, 'data');
      await vi.waitFor(async () => {
        expect(await readFile(`/proc/${String(pid).trim()}/stat`, 'utf8')).toContain(') Z ');
      });
      await leaveLock({ pid: Number(pid), startTicks: undefined });
      await using _lock = await takeLock(path);
    } finally {
      parent.kill();
    }
  },
);

test('a lock of another host is honoured while it is touched, and taken over once it is not', async () => {
  const times = { touchMs: 20, staleMs: 400 };
  await leaveLock({ hostname: 'another', pid: 1 });
  const touching = setInterval(() => void utimes(path, new Date(), new Date()), 20);
  try {
    await expect(takeLock(path, { times })).rejects.toThrow(/process 1 on another since/);
  } finally {
    clearInterval(touching);
  }
  const before = performance.now();
  await using _lock = await takeLock(path, { times });
  expect(performance.now() - before).toBeGreaterThan(200);
});

test('a lock of another host that nobody has touched for long is taken over at once', async () => {
  await leaveLock({ hostname: 'another', pid: 1 });
  const before = new Date(Date.now() - NEVER_STALE.staleMs - 100);
  await utimes(path, before, before);
  await using _lock = await takeLock(path, { times: NEVER_STALE });
});

test('another container with the same host name is not judged by its pid', async () => {
  await leaveLock({ pidSpace: 'another boot pid:[1]', pid: await deadPid() });
  const touching = setInterval(() => void utimes(path, new Date(), new Date()), 20);
  try {
    await expect(takeLock(path)).rejects.toThrow(DatabaseLockedError);
  } finally {
    clearInterval(touching);
  }
});

test('a touch from a clock that runs ahead does not hold a lock for ever', async () => {
  await leaveLock({ hostname: 'another' });
  const ahead = new Date(Date.now() + 3_600_000);
  await utimes(path, ahead, ahead);
  await using _lock = await takeLock(path, { times: { touchMs: 20, staleMs: 200 } });
});

test('a lock file that a crash has emptied is taken over once it is stale', async () => {
  await writeFile(path, '');
  await using _lock = await takeLock(path, { times: { touchMs: 20, staleMs: 200 } });
});

test('the holder touches its file', async () => {
  await using _lock = await takeLock(path, { times: { touchMs: 20, staleMs: 1_000 } });
  const { mtimeMs } = await stat(path);
  await vi.waitFor(async () => expect((await stat(path)).mtimeMs).toBeGreaterThan(mtimeMs));
});

test('the holder says so once when the lock is not its own any more, and leaves it alone', async () => {
  const error = vi.fn();
  const log = { info: vi.fn(), warn: vi.fn(), error };
  await using lock = await takeLock(path, { log, times: { touchMs: 20, staleMs: 1_000 } });
  await leaveLock({ token: 'of another' });
  await vi.waitFor(() => expect(error).toHaveBeenCalledWith({ path }, expect.stringContaining('not this process')));
  await lock[Symbol.asyncDispose]();
  expect(error).toHaveBeenCalledOnce();
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ token: 'of another' });
});

test('a taker that died while it took over does not keep others from it', async () => {
  const pid = await deadPid();
  await leaveLock({ pid, token: 'first' });
  await writeFile(`${path}.takeover-first`, JSON.stringify({ ...thisProcess(), pid, token: 'second' }));
  await using _lock = await takeLock(path);
  expect(await readdir(dir)).toEqual(['database.lock']);
});

test('what killed takers have left beside the lock is swept away', async () => {
  const [old, young] = [`${path}.1.draft`, `${path}.2.draft`];
  await writeFile(old, '');
  await utimes(old, new Date(0), new Date(0));
  await writeFile(young, '');
  await using _lock = await takeLock(path);
  expect((await readdir(dir)).sort()).toEqual(['database.lock', 'database.lock.2.draft']);
});

test('of four processes that find a stale lock at the same moment, one gets it', { timeout: 60_000 }, async () => {
  const four = await Promise.all([1, 2, 3, 4].map(() => Child.start()));
  const pid = await deadPid();
  for (let round = 0; round < 80; round++) {
    await leaveLock({ pid });
    const answers = await Promise.all(four.map((child) => child.order({ kind: 'take', path })));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['locked', 'locked', 'locked', 'taken']);
    const holders = four.filter((_, index) => answers[index]?.kind === 'taken');
    await Promise.all(holders.map((child) => child.order({ kind: 'release' })));
  }
  expect(await readdir(dir)).toEqual([]);
});

test('while processes take it, let go of it and are killed, there is never more than one holder', {
  timeout: 60_000,
}, async () => {
  const counts = { taken: 0, overlap: 0 };
  for (let round = 0; round < 12; round++) {
    const three = await Promise.all([1, 2, 3].map(() => Child.start()));
    const [victim] = three;
    for (const child of three) {
      child.process.on('message', ({ kind }: Answer) => {
        counts[kind === 'taken' ? 'taken' : 'overlap']++;
      });
      child.process.send({ kind: 'churn', path });
    }
    const before = counts.taken;
    await vi.waitFor(() => expect(counts.taken).toBeGreaterThan(before + 20), { timeout: 10_000, interval: 1 });
    await victim?.kill();
    const afterKill = counts.taken;
    await vi.waitFor(() => expect(counts.taken).toBeGreaterThan(afterKill + 20), { timeout: 10_000 });
    await Promise.all(three.map((child) => child.kill()));
  }
  expect(counts.overlap).toBe(0);
});
