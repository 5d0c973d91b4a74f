import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCluster } from '../helpers/cluster.ts';
import { createTestFolder } from '../helpers/process.ts';
import { seeded } from '../helpers/seeded.ts';
import { countOf } from './counts.ts';
import {
  expectAllTold,
  expectCompletedOnce,
  expectNoErrors,
  expectNoStageAgain,
  expectWholeFiles,
} from './expectations.ts';
import { Fleet, type Post } from './fleet.ts';
import { inDatabase, type Place, type Role } from './service.ts';
import { Workload } from './workload.ts';

const KILLS = countOf('FAULT_KILLS', 50);
const PROJECTS = countOf('FAULT_PROJECTS', 200);
/** Which processes are killed, and when; FAULT_SEED repeats that, though not what the machine makes of it. */
const SEED = countOf('FAULT_SEED', 1 + Math.floor(Math.random() * 1_000_000));
const CONCURRENCY = 2;
/** A batch for so many kills, so that there is work to the last of them. */
const KILLS_PER_BATCH = 5;
const CHANGES_PER_PROJECT = 10;
const TIMEOUT_MS = 120_000 + KILLS * 30_000 + PROJECTS * 3_000;

/** Kills processes at random while they work off batches, until both are done with; then looks at what is left. */
async function killThrough(place: Place, roles: readonly Role[]): Promise<void> {
  process.stdout.write(`FAULT_SEED=${SEED}\n`);
  const random = seeded(SEED);
  const env = { WORKER_CONCURRENCY: String(CONCURRENCY), LOG_LEVEL: 'debug' };
  await using fleet = await Fleet.start(place, roles, env);
  const workload = new Workload(fleet.urls);
  const batches = Math.max(2, Math.ceil(KILLS / KILLS_PER_BATCH));
  const sizeOf = (batch: number) => Math.floor((PROJECTS + batch) / batches);
  const beginNext = ((next) => () => {
    if (next < batches) {
      workload.begin(`Batch ${next + 1}`, sizeOf(next++));
    }
  })(0);
  beginNext();
  const nextVictims = victimsOf(fleet.posts, random);
  let workersKilled = 0;
  for (let kills = 0; kills < KILLS; kills++) {
    if (kills % KILLS_PER_BATCH === 0) {
      beginNext();
    }
    // Nine tenths of all changes: the last kill comes while there still is something to do.
    await workload.toldAtLeast(1 + 0.9 * PROJECTS * CHANGES_PER_PROJECT * ((kills + random()) / KILLS));
    const victims = nextVictims();
    // So that it has done something.
    await Promise.all(victims.map(({ up }) => up));
    // Anywhere in a stage, not only just after something was recorded and told.
    await delay(random() * 300);
    workersKilled += victims.filter(({ role }) => role !== 'api').length;
    await fleet.kill(victims);
  }
  await workload.ended();
  await fleet.stop();

  const { followers } = workload;
  expect(followers).toHaveLength(2 * batches);
  if (KILLS > fleet.posts.length) {
    // Everybody was killed at least once, and all of them together.
    expect(Math.max(...followers.map(({ connections }) => connections))).toBeGreaterThan(1);
  }
  await inDatabase(place, async (sql) => {
    await expectCompletedOnce(sql, PROJECTS);
    await expectNoStageAgain(sql, fleet.processes);
    await expectAllTold(sql, followers);
    await expectWholeFiles(sql, place.dataDir);
    // Whoever dies loses what it had in hand, and nobody else loses anything.
    const [claims] = await sql('SELECT sum(claim - 1)::int AS lost FROM projects');
    expect(claims?.['lost']).toBeLessThanOrEqual(workersKilled * CONCURRENCY);
  });
  expectNoErrors(fleet.processes);
}

/** Gives each post alone, and all of them at once, in an order of chance; and then anew. */
function victimsOf(posts: readonly Post[], random: () => number): () => readonly Post[] {
  let left: (readonly Post[])[] = [];
  return () => {
    if (left.length === 0) {
      left = [...posts.map((post) => [post]), posts];
    }
    const [victims = posts] = left.splice(Math.floor(random() * left.length), 1);
    return victims;
  };
}

test('API processes and workers that are killed at random cost nothing but time', { timeout: TIMEOUT_MS }, async () => {
  await using cluster = await createCluster();
  await using folder = await createTestFolder();
  const place = { dataDir: folder.path, databaseUrl: await cluster.createDatabase() };
  await killThrough(place, ['api', 'api', 'worker', 'worker']);
});

test('the service on its embedded database, killed at random, loses nothing', { timeout: TIMEOUT_MS }, async () => {
  await using folder = await createTestFolder();
  await killThrough({ dataDir: folder.path }, ['all']);
});
