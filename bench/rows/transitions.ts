import { insertBatch, SET_STATUS, statusAt } from '../harness/batches.ts';
import { nowMs } from '../harness/clock.ts';
import type { Driver } from '../harness/driver.ts';
import { atLeastTimes } from '../harness/goal.ts';
import { openPlace } from '../harness/open-place.ts';
import { makePlace } from '../harness/place.ts';
import { BOTH, type Figure, type Row } from '../harness/row.ts';
import { interleaved, median } from '../harness/statistics.ts';

const WRITERS = 16;
const UNIT = 'changes/s';

/** Plain UPDATEs of the status, beside the same on a table that derives nothing. */
export const transitions: Row = {
  name: 'transitions',
  about: 'status changes per second of 16 writers, beside the same UPDATEs on a table without triggers',
  backends: BOTH,
  async run(run) {
    await using place = await makePlace(run);
    await using opened = await openPlace(place, { connections: WRITERS });
    const { driver } = opened;
    await driver.query('CREATE TABLE bare_projects (LIKE projects INCLUDING ALL)');
    const figures: Omit<Figure, 'row' | 'backend'>[] = [];
    const changes = run.quick ? 10 : 150;
    for (const batches of run.quick ? [1, 10] : [1, 100]) {
      const projects = await projectsIn(driver, batches);
      const { ours, peer } = await interleaved((run.quick ? 2 : 7) + 1, {
        ours: (round) => changesPerS(driver, SET_STATUS, projects, changes, round),
        peer: (round) => changesPerS(driver, SET_STATUS.replace('projects', 'bare_projects'), projects, changes, round),
      });
      figures.push({
        what: `${WRITERS} writers, ${batches === 1 ? 'one batch' : `${batches} batches`}`,
        // The first ones warm both up.
        ours: { value: median(ours.slice(1)), unit: UNIT },
        peer: { name: 'no triggers', value: median(peer.slice(1)), unit: UNIT },
        goal: atLeastTimes(0.5),
      });
    }
    return figures;
  },
};

/** For each writer its own projects, in turn of all batches; the same rows are in both tables. */
async function projectsIn(driver: Driver, batches: number): Promise<string[][]> {
  const perWriter: string[][] = Array.from({ length: WRITERS }, () => []);
  for (let batch = 0; batch < batches; batch++) {
    const { projectIds } = await insertBatch(driver, WRITERS * (batches === 1 ? 10 : 1));
    for (const [index, id] of projectIds.entries()) {
      perWriter[index % WRITERS]?.push(id);
    }
  }
  await driver.query('INSERT INTO bare_projects SELECT * FROM projects ON CONFLICT (id) DO NOTHING');
  return perWriter;
}

/** So many changes of each writer, one after the other: a project goes through the statuses, each time it is its turn. */
async function changesPerS(
  driver: Driver,
  statement: string,
  projects: readonly string[][],
  changes: number,
  round: number,
): Promise<number> {
  const startedMs = nowMs();
  const work = async (own: readonly string[]) => {
    for (let change = round * changes; change < (round + 1) * changes; change++) {
      await driver.query(statement, [own[change % own.length], statusAt(Math.floor(change / own.length))]);
    }
  };
  await Promise.all(projects.map(work));
  return (WRITERS * changes) / ((nowMs() - startedMs) / 1_000);
}
