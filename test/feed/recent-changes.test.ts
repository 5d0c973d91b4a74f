import { expect, test } from 'vitest';
import type { Change, Since } from '../../src/batches/history.ts';
import type { ProjectRow } from '../../src/batches/rows.ts';
import type { Batch, ProjectStatus } from '../../src/database/models.ts';
import { RecentChanges } from '../../src/feed/recent-changes.ts';

const AT = new Date(0);

const SETTINGS = {
  configurationId: null,
  promptTemplateId: null,
  geminiModel: 'gemini-1.5-flash',
  youtubePrivacy: null,
  youtubePublishType: null,
  youtubePublishAt: null,
  youtubeAiContentFlag: null,
  createdAt: AT,
  startedAt: AT,
  finishedAt: null,
};

function batch(version: number): Batch {
  return {
    ...SETTINGS,
    id: 'batch',
    owner: '',
    name: 'batch',
    status: 'RUNNING',
    totalProjects: 9,
    waitingProjects: 0,
    runningProjects: 9,
    completedProjects: 0,
    failedProjects: 0,
    cancelledProjects: 0,
    progressSum: 0,
    version,
    historyFrom: 0,
    failureLimit: null,
    pausedAt: null,
    cancelledAt: null,
    retriedAt: null,
    idempotencyKey: null,
    inputHash: null,
  };
}

function row(id: string, status: ProjectStatus, progress: number): ProjectRow {
  return {
    ...SETTINGS,
    id,
    batchId: 'batch',
    position: 0,
    name: id,
    status,
    progress,
    attempt: 1,
    version: 1,
    errorMessage: null,
    youtubeUrl: null,
    videoUrl: null,
    thumbnailUrl: null,
    captionsUrl: null,
  };
}

function change(version: number, project: ProjectRow): Change {
  return { version, project, from: null, to: project.status, at: AT };
}

function since(version: number, changes: Change[], running: ProjectRow[], reset = false): Since {
  return { batch: batch(version), changes, running, reset };
}

/** Ids and progress, to compare with. */
function progressOf(rows: readonly ProjectRow[]): string[] {
  return rows.map(({ id, progress }) => `${id} ${progress}`);
}

const EVERYTHING = 0;
const MAX = 100;

test('a change shows the row that was read last, so that no progress falls between two reads', () => {
  const recent = new RecentChanges(since(5, [], []), 5, MAX);
  recent.advance(since(6, [change(6, row('a', 'RENDERING', 75))], [row('a', 'RENDERING', 78)]), EVERYTHING);
  expect(progressOf(recent.since(5).changes.map(({ project }) => project))).toEqual(['a 78']);
  expect(recent.since(5).progressed).toEqual([]);
  recent.advance(since(7, [], [row('a', 'RENDERING', 78)]), EVERYTHING);
  expect(recent.since(6).progressed).toEqual([]);
});

test('a project that moved after its change was read is in both, the newer row last', () => {
  const recent = new RecentChanges(since(5, [], []), 5, MAX);
  recent.advance(since(6, [change(6, row('a', 'RENDERING', 75))], [row('a', 'RENDERING', 75)]), EVERYTHING);
  recent.advance(since(7, [], [row('a', 'RENDERING', 80)]), EVERYTHING);
  const update = recent.since(5);
  expect(progressOf(update.changes.map(({ project }) => project))).toEqual(['a 75']);
  expect(progressOf(update.progressed)).toEqual(['a 80']);
});

test('whoever goes on from between a change and its read is told how far the project is', () => {
  const recent = new RecentChanges(since(5, [], []), 5, MAX);
  recent.advance(since(9, [change(7, row('a', 'RENDERING', 79))], [row('a', 'RENDERING', 79)]), EVERYTHING);
  expect(recent.since(8).changes).toEqual([]);
  expect(progressOf(recent.since(8).progressed)).toEqual(['a 79']);
  expect(recent.since(5).progressed).toEqual([]);
});

test('a project whose new status was read before its change is not said to progress', () => {
  const recent = new RecentChanges(since(5, [], [row('a', 'RENDERING', 80)]), 5, MAX);
  recent.advance(since(6, [], [row('a', 'RENDERED', 85), row('b', 'RENDERING', 75)]), EVERYTHING);
  expect(recent.since(5).progressed).toEqual([]);
  recent.advance(
    since(
      8,
      [change(7, row('a', 'RENDERED', 85)), change(8, row('b', 'RENDERING', 75))],
      [row('a', 'RENDERED', 85), row('b', 'RENDERING', 75)],
    ),
    EVERYTHING,
  );
  expect(recent.since(6).changes).toHaveLength(2);
  expect(recent.since(6).progressed).toEqual([]);
});

test('a project that has ended is not said to progress', () => {
  const recent = new RecentChanges(since(5, [], [row('a', 'UPLOADING', 98)]), 5, MAX);
  recent.advance(since(6, [], [row('a', 'UPLOADING', 99)]), EVERYTHING);
  recent.advance(since(7, [change(7, row('a', 'COMPLETED', 100))], []), EVERYTHING);
  expect(recent.since(5)).toMatchObject({ changes: [{ to: 'COMPLETED' }], progressed: [] });
});

test('the same version is given the same update, until there is a new one', () => {
  const recent = new RecentChanges(since(5, [], []), 3, MAX);
  expect(recent.since(4)).toBe(recent.since(4));
  expect(recent.snapshot).toBe(recent.snapshot);
  const before = recent.since(4);
  recent.advance(since(6, [], []), EVERYTHING);
  expect(recent.since(4)).not.toBe(before);
  expect(recent.snapshot.batch.version).toBe(6);
});

test('what nobody needs any more is forgotten, and what is too much, whole versions at a time', () => {
  const recent = new RecentChanges(since(5, [], []), 5, 3);
  const a = row('a', 'FAILED', 10);
  recent.advance(since(7, [change(6, a), change(7, a)], []), 5);
  recent.advance(since(8, [change(8, a)], []), 6);
  expect([recent.reachesBackTo(5), recent.reachesBackTo(6)]).toEqual([false, true]);
  expect(recent.since(6).changes).toHaveLength(2);
  recent.advance(since(9, [change(9, a), change(9, a)], []), 6);
  expect(recent.since(6)).toMatchObject({ reset: true, changes: [] });
  expect(recent.since(7)).toMatchObject({ reset: false, changes: [{ version: 8 }, { version: 9 }, { version: 9 }] });
  recent.advance(since(10, [change(10, a), change(10, a), change(10, a), change(10, a)], []), 7);
  expect([recent.since(9).reset, recent.since(10).reset]).toEqual([true, false]);
});

test('it is extended back where that leaves no gap, without repeating what it has', () => {
  const recent = new RecentChanges(since(5, [], []), 5, 3);
  const a = row('a', 'FAILED', 10);
  recent.advance(since(6, [change(6, a)], []), 5);
  const older = [3, 4, 5, 6, 7].map((version) => change(version, a));
  expect(recent.extendBackTo(2, since(4, older.slice(0, 2), []))).toBe(false);
  expect(recent.extendBackTo(2, since(7, older, []))).toBe(false);
  expect(recent.extendBackTo(3, since(7, [], [], true))).toBe(false);
  expect(recent.since(3).reset).toBe(true);
  expect(recent.extendBackTo(3, since(7, older.slice(1), []))).toBe(true);
  expect(recent.since(3).changes.map(({ version }) => version)).toEqual([4, 5, 6]);
  expect(recent.since(5).changes.map(({ version }) => version)).toEqual([6]);
});
