import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import { expect } from 'vitest';
import { STAGE_STATUSES } from '../../src/batches/states.ts';
import { isPublished } from '../../src/studio/published.ts';
import { scenesOf } from '../../src/studio/scenes.ts';
import { expectWhole } from '../conformance/following.ts';
import { uuidIn } from '../graphql/scene.ts';
import { driftOf } from '../helpers/drift.ts';
import type { ServiceProcess } from '../helpers/process.ts';
import type { BatchFollower } from './follower.ts';
import { logOf, type Sql } from './service.ts';

/** What a project goes through that nothing but a kill ever stops. */
const EVERY_STATUS_ONCE = STAGE_STATUSES.flatMap(({ working, done }) => [working, done]);

/** Every project was completed, once, after each of its stages was begun and finished once by the history. */
export async function expectCompletedOnce(sql: Sql, projects: number): Promise<void> {
  const rows = await sql(
    `SELECT p.status::text, p.progress, p.attempt, p.worker_id, p.error_message,
       array_agg(e.to_status::text ORDER BY e.version, e.ordinal) AS history
     FROM projects p JOIN batch_events e ON e.project_id = p.id AND e.kind = 'PROJECT_STATUS_CHANGED'
     GROUP BY p.id`,
  );
  expect(rows).toHaveLength(projects);
  const whole = {
    status: 'COMPLETED',
    progress: 100,
    attempt: 1,
    worker_id: null,
    error_message: null,
    history: EVERY_STATUS_ONCE,
  };
  for (const row of rows) {
    expect(row).toEqual(whole);
  }
  expect(await driftOf(sql)).toEqual([]);
  const batches = await sql(
    `SELECT b.status::text, b.finished_at IS NOT NULL AS finished,
       (SELECT count(*)::int FROM batch_events e WHERE e.batch_id = b.id AND e.kind = 'FINISHED') AS finishes
     FROM batches b`,
  );
  expect(batches).toEqual(batches.map(() => ({ status: 'COMPLETED', finished: true, finishes: 1 })));
  expect(await sql(`SELECT id FROM pgboss.job WHERE name = 'projects'`)).toEqual([]);
}

/** By their logs, no process has begun a stage of a project after its end had been recorded. */
export async function expectNoStageAgain(sql: Sql, processes: readonly ServiceProcess[]): Promise<void> {
  const events = await sql(
    `SELECT project_id::text AS id, to_status::text AS status, extract(epoch FROM at)::float8 * 1000 AS at
     FROM batch_events WHERE kind = 'PROJECT_STATUS_CHANGED'`,
  );
  const recordedAt = new Map(events.map(({ id, status, at }) => [`${id} ${status}`, Number(at)]));
  const starts = processes.flatMap(logOf).filter(({ msg }) => msg === 'stage started');
  expect(starts.length).toBeGreaterThanOrEqual(events.length / 2);
  const again = starts.filter(({ time, project, stage }) => {
    const done = STAGE_STATUSES.find((each) => each.stage === stage)?.done;
    return time > (recordedAt.get(`${project} ${done}`) ?? 0);
  });
  expect(again).toEqual([]);
}

/** Nobody has logged an error: what was killed is no surprise to those that are left. */
export function expectNoErrors(processes: readonly ServiceProcess[]): void {
  expect(processes.flatMap(logOf).filter(({ level }) => level >= 50)).toEqual([]);
}

/** Each was told every change of its batch, in order and once, and from its first event on missed none. */
export async function expectAllTold(sql: Sql, followers: readonly BatchFollower[]): Promise<void> {
  const rows = await sql(
    `SELECT batch_id::text AS batch, version, 'project_' || project_id AS id, from_status::text AS "from",
       to_status::text AS "to"
     FROM batch_events WHERE kind = 'PROJECT_STATUS_CHANGED' ORDER BY version, ordinal`,
  );
  for (const { batchId, events } of followers) {
    const changes = rows.filter(({ batch }) => batch === uuidIn(batchId));
    expectWhole(events, changes);
    expect(events.at(-1)?.batch).toMatchObject({ status: 'COMPLETED', progress: 100 });
  }
}

/** The library holds the whole files of each project and nothing else, and nothing is left to work on. */
export async function expectWholeFiles(sql: Sql, dataDir: string): Promise<void> {
  const library = join(dataDir, 'library');
  const projects = await sql('SELECT id::text, content FROM projects ORDER BY id');
  const folders = (await readdir(library)).filter((name) => name !== '.staging');
  expect(folders.sort()).toEqual(projects.map(({ id }) => id));
  for (const { id, content } of projects) {
    const folder = join(library, String(id));
    expect((await readdir(folder)).sort()).toEqual(['captions.vtt', 'thumbnail.jpg', 'video.mp4']);
    expect(await isPublished(folder)).toBe(true);
    using input = new Input({ source: new FilePathSource(join(folder, 'video.mp4')), formats: ALL_FORMATS });
    const track = await input.getPrimaryVideoTrack();
    expect(await track?.getCodec()).toBe('avc');
    const lengthS = scenesOf(String(content)).reduce((sum, { durationS }) => sum + durationS, 0);
    expect(await track?.computeDuration()).toBeCloseTo(lengthS, 3);
  }
  const staging = await readdir(join(library, '.staging')).catch(() => []);
  expect([...staging, ...(await readdir(join(dataDir, 'work')))]).toEqual([]);
}
