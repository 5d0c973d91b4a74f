import { expect, test } from 'vitest';
import type { BatchEvent } from '../../src/cli/watch.ts';
import { WatchedBatch } from '../../src/cli/watched-batch.ts';

type Project = BatchEvent['progressed'][number];

const batchOf = (totalProjects: number): BatchEvent['batch'] => ({
  id: 'batch_1',
  name: 'A batch',
  status: 'RUNNING',
  progress: 0,
  totalProjects,
  waitingProjects: 0,
  runningProjects: 0,
  completedProjects: 0,
  failedProjects: 0,
  cancelledProjects: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
});

const projectOf = (position: number, status: Project['status'], rest: Partial<Project> = {}): Project => ({
  id: `project_${position}`,
  name: `Project ${position}`,
  position,
  status,
  progress: 0,
  attempt: 1,
  errorMessage: null,
  finishedAt: status === 'COMPLETED' ? new Date(position * 1000).toISOString() : null,
  videoUrl: null,
  thumbnailUrl: null,
  captionsUrl: null,
  version: 1,
  ...rest,
});

const eventOf = (totalProjects: number, progressed: Project[], reset = false): BatchEvent => ({
  cursor: '',
  reset,
  batch: batchOf(totalProjects),
  changes: [],
  progressed,
});

const shown = (watched: WatchedBatch, rows: number) => watched.shown(rows).map(({ position }) => position);

test('a batch that fits is shown whole, in its order', () => {
  const watched = new WatchedBatch(batchOf(3));
  watched.load([projectOf(2, 'RENDERING'), projectOf(0, 'INITIALIZED'), projectOf(1, 'COMPLETED')]);
  expect(shown(watched, 3)).toEqual([0, 1, 2]);
});

test('of one that does not fit, what runs comes first, then what ended last, then what waits', () => {
  const watched = new WatchedBatch(batchOf(6));
  watched.load([0, 1, 2].map((position) => projectOf(position, 'COMPLETED')));
  watched.load([projectOf(3, 'INITIALIZED'), projectOf(5, 'UPLOADING'), projectOf(4, 'RENDERING')]);
  expect(shown(watched, 4)).toEqual([4, 5, 2, 1]);
});

test('what a list tells late does not put back what an event has told', () => {
  const watched = new WatchedBatch(batchOf(1));
  watched.apply(eventOf(1, [projectOf(0, 'COMPLETED', { version: 3 })]));
  watched.load([projectOf(0, 'RENDERING', { version: 2 })]);
  expect(watched.shown(1)).toMatchObject([{ status: 'COMPLETED' }]);
});

test('of thousands that have ended only the last are kept, and none after a reset', () => {
  const watched = new WatchedBatch(batchOf(5_000));
  watched.apply(
    eventOf(
      5_000,
      Array.from({ length: 4_000 }, (_, position) => projectOf(position, 'COMPLETED')),
    ),
  );
  expect(shown(watched, 1_000)).toHaveLength(100);
  expect(shown(watched, 1_000)[0]).toBe(3_999);
  watched.apply(eventOf(5_000, [], true));
  expect(watched.shown(1_000)).toEqual([]);
});
