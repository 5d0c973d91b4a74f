import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Cluster, createCluster } from '../helpers/cluster.ts';
import { createTestFolder } from '../helpers/process.ts';
import { Caller, saysTryAgain } from './caller.ts';
import { countOf } from './counts.ts';
import { expectAllTold, expectCompletedOnce, expectNoStageAgain, expectWholeFiles } from './expectations.ts';
import { Fleet } from './fleet.ts';
import { firstAnswer } from './follower.ts';
import { inDatabase, readiness } from './service.ts';
import { Workload } from './workload.ts';

const PROJECTS = countOf('FAULT_OUTAGE_PROJECTS', 40);
const CHANGES_PER_PROJECT = 10;
/** How long what is taken from the service stays away: longer than a lease, unless told otherwise. */
const OUTAGE_MS = 1_000 * countOf('FAULT_OUTAGE_S', 10);

/** A service at work on a server of its own. */
export interface OutageScene {
  readonly cluster: Cluster;
  readonly databaseUrl: string;
  /** Addresses of the API processes. */
  readonly urls: readonly string[];
  /** Global id of the batch that is worked off. */
  readonly batchId: string;
  /** What a client that calls all the time has come to so far. */
  readonly caller: Caller;
  /** Resolves once this part of all changes, 0 to 1, has been told to subscribers. */
  reached(part: number): Promise<void>;
}

/**
 * Has two API processes and two workers work off a batch while `disturb` does something to the
 * database. Whatever that is: every process stays, every call is answered or asked to try again, no
 * subscriber is cut off or misses a change, nothing fails, and no stage that had finished runs again.
 */
export async function workThrough(disturb: (scene: OutageScene) => Promise<void>): Promise<void> {
  await using cluster = await createCluster();
  await using folder = await createTestFolder();
  const place = { dataDir: folder.path, databaseUrl: await cluster.createDatabase() };
  await using fleet = await Fleet.start(place, ['api', 'api', 'worker', 'worker'], { LOG_LEVEL: 'debug' });
  await fleet.up();
  const { urls, processes } = fleet;
  const workload = new Workload(urls);
  workload.begin('Batch', PROJECTS);
  const reached = (part: number) => workload.toldAtLeast(part * PROJECTS * CHANGES_PER_PROJECT);
  await reached(0.1);
  const { followers } = workload;
  const batchId = followers[0]?.batchId ?? '';
  await using caller = new Caller(urls, batchId);
  await disturb({ cluster, databaseUrl: place.databaseUrl, urls, batchId, caller, reached });
  await expect.poll(() => readinessOf(urls)).toEqual(urls.map(() => 200));
  await workload.ended();
  await caller[Symbol.asyncDispose]();
  await fleet.stop();

  expect(caller.surprises).toEqual([]);
  expect(processes).toHaveLength(4);
  expect(followers.map(({ connections }) => connections)).toEqual([1, 1]);
  await inDatabase(place, async (sql) => {
    await expectCompletedOnce(sql, PROJECTS);
    await expectNoStageAgain(sql, processes);
    await expectAllTold(sql, followers);
    await expectWholeFiles(sql, place.dataDir);
  });
}

/** Takes something away for a while, sees that the API says so, and gives it back. */
export async function takeAway(
  { urls, batchId, caller }: OutageScene,
  outage: { begin: () => Promise<void>; end: () => Promise<void>; refused: readonly ('read' | 'write')[] },
): Promise<void> {
  await outage.begin();
  await expect.poll(() => readinessOf(urls)).toEqual(urls.map(() => 503));
  if (outage.refused.includes('read')) {
    await expectSubscriptionsRefused(urls, batchId);
  }
  const before = { ...caller.refusals };
  await delay(OUTAGE_MS);
  expect(await readinessOf(urls)).toEqual(urls.map(() => 503));
  for (const kind of outage.refused) {
    expect(caller.refusals[kind]).toBeGreaterThan(before[kind]);
  }
  await outage.end();
  await expect.poll(() => readinessOf(urls)).toEqual(urls.map(() => 200));
  const answered = { ...caller.answers };
  await expect.poll(() => caller.answers.read).toBeGreaterThan(answered.read);
  await expect.poll(() => caller.answers.write).toBeGreaterThan(answered.write);
}

/** Whoever begins to watch is asked to try again, as those who query are. */
async function expectSubscriptionsRefused(urls: readonly string[], batchId: string): Promise<void> {
  for (const url of urls) {
    for (const transport of ['websocket', 'sse'] as const) {
      const { errors = [] } = (await firstAnswer(transport, url, batchId)) ?? {};
      expect(errors).toHaveLength(1);
      expect(errors.every(saysTryAgain)).toBe(true);
    }
  }
}

function readinessOf(urls: readonly string[]): Promise<number[]> {
  return Promise.all(urls.map(readiness));
}
