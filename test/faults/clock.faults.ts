import { expect, test } from 'vitest';
import { createCluster } from '../helpers/cluster.ts';
import { createTestFolder } from '../helpers/process.ts';
import { countOf } from './counts.ts';
import { expectAllTold, expectCompletedOnce, expectNoErrors, expectWholeFiles } from './expectations.ts';
import { Fleet } from './fleet.ts';
import { inDatabase, logOf, type Place, type Role } from './service.ts';
import { Workload } from './workload.ts';

const PROJECTS = countOf('FAULT_PROJECTS', 30);
const BATCHES = 3;
const CHANGES_PER_PROJECT = 10;
const JUMPS = 12;
const TIMEOUT_MS = 120_000 + PROJECTS * 4_000;

/** Has one process's clock jump again and again, each in its turn, while they work off batches. */
async function jumpThrough(place: Place, roles: readonly Role[]): Promise<void> {
  await using fleet = await Fleet.start(place, roles, {
    NODE_OPTIONS: `--import=${new URL('jumping-clock.ts', import.meta.url).href}`,
    LOG_LEVEL: 'debug',
  });
  await fleet.up();
  const workload = new Workload(fleet.urls);
  for (let batch = 0; batch < BATCHES; batch++) {
    workload.begin(`Batch ${batch + 1}`, Math.floor((PROJECTS + batch) / BATCHES));
  }
  for (let jump = 0; jump < JUMPS; jump++) {
    await workload.toldAtLeast((0.9 * PROJECTS * CHANGES_PER_PROJECT * jump) / JUMPS);
    fleet.posts[jump % fleet.posts.length]?.process.child.kill('SIGUSR2');
  }
  await workload.ended();
  await fleet.stop();
  const jumps = fleet.processes.flatMap(({ output }) => output.stderr.match(/^clock jumped to/gm) ?? []);
  expect(jumps).toHaveLength(JUMPS);

  await inDatabase(place, async (sql) => {
    await expectCompletedOnce(sql, PROJECTS);
    await expectAllTold(sql, workload.followers);
    await expectWholeFiles(sql, place.dataDir);
    if (place.databaseUrl !== undefined) {
      // The server's clock is the one that counts: nobody was taken for dead, and its times are in order.
      expect(await sql('SELECT sum(claim - 1)::int AS lost FROM projects')).toEqual([{ lost: 0 }]);
      const times = 'created_at <= started_at AND started_at <= finished_at AND finished_at <= now()';
      const untrue = `SELECT id FROM projects WHERE (${times}) IS NOT TRUE
        UNION ALL SELECT id FROM batches WHERE (${times}) IS NOT TRUE`;
      expect(await sql(untrue)).toEqual([]);
      const backwards = `SELECT * FROM (SELECT at, lag(at) OVER (PARTITION BY batch_id ORDER BY version, ordinal) AS before
        FROM batch_events) e WHERE at < before`;
      expect(await sql(backwards)).toEqual([]);
    }
  });
  const finished = fleet.processes.flatMap(logOf).filter(({ msg }) => msg === 'stage finished');
  expect(finished.length).toBeGreaterThanOrEqual(5 * PROJECTS);
  for (const { durationMs } of finished) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(durationMs).toBeLessThan(TIMEOUT_MS);
  }
  expectNoErrors(fleet.processes);
}

test('clocks that jump by hours in API processes and workers change nothing', { timeout: TIMEOUT_MS }, async () => {
  await using cluster = await createCluster();
  await using folder = await createTestFolder();
  const place = { dataDir: folder.path, databaseUrl: await cluster.createDatabase() };
  await jumpThrough(place, ['api', 'worker', 'worker']);
});

test('a clock that jumps by hours under the embedded database loses and doubles nothing', {
  timeout: TIMEOUT_MS,
}, async () => {
  await using folder = await createTestFolder();
  await jumpThrough({ dataDir: folder.path }, ['all']);
});
