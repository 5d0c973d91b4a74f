import { expect, test } from 'vitest';
import { fileKey, fileUrl, validUntilMs } from '../../src/dashboard/project/file-url.ts';
import { isPruned, type ProjectEvent, sinceBeforeMs } from '../../src/dashboard/project/project-history.ts';
import { stepsOf } from '../../src/dashboard/project/stages.ts';
import type { ProjectStatus } from '../../src/generated/dashboard-gql/graphql.ts';

const states = (status: ProjectStatus, progress: number) =>
  stepsOf({ status, progress })
    .map(({ state, percent }) => (state === 'running' ? `${state} ${percent}` : state))
    .join(', ');

test('the steps of a project follow its status and its progress', () => {
  expect(states('INITIALIZED', 0)).toBe('waiting, waiting, waiting, waiting, waiting');
  expect(states('SCRIPT_GENERATING', 10)).toBe('running 0, waiting, waiting, waiting, waiting');
  expect(states('SCRIPT_GENERATED', 20)).toBe('done, waiting, waiting, waiting, waiting');
  expect(states('ASSETS_GENERATING', 45)).toBe('done, running 25, waiting, waiting, waiting');
  expect(states('RENDERING', 80)).toBe('done, done, running 50, waiting, waiting');
  expect(states('THUMBNAIL_GENERATED', 95)).toBe('done, done, done, done, waiting');
  expect(states('UPLOADING', 99)).toBe('done, done, done, done, running 50');
  expect(states('COMPLETED', 100)).toBe('done, done, done, done, done');
});

test('a project that failed or was cancelled stopped where its progress stopped', () => {
  expect(states('FAILED', 78)).toBe('done, done, stopped, waiting, waiting');
  expect(states('FAILED', 0)).toBe('stopped, waiting, waiting, waiting, waiting');
  expect(states('CANCELLED', 50)).toBe('done, stopped, waiting, waiting, waiting');
  expect(states('CANCELLED', 0)).toBe('waiting, waiting, waiting, waiting, waiting');
});

test('a file has another address once it was made anew, and the same otherwise', () => {
  const made = fileUrl('/library/x/video.mp4', { attempt: 1, finishedAt: '2026-11-26T10:00:00.000Z' });
  expect(made).toBe('/library/x/video.mp4?v=1795687200000');
  expect(fileUrl('/library/x/video.mp4', { attempt: 2, finishedAt: '2026-11-26T10:00:00.001Z' })).not.toBe(made);
  expect(fileUrl('https://cdn.example/x?sig=1', { attempt: 2, finishedAt: null })).toBe(
    'https://cdn.example/x?sig=1&v=attempt-2',
  );
});

test('a file is the same one however its address is signed', () => {
  const made = { attempt: 1, finishedAt: '2026-11-26T10:00:00.000Z' };
  const [one, other] = ['?by=a&until=1795687200&sig=x', '?by=a&until=1795690800&sig=y'].map((query) => ({
    key: fileKey(`/library/x/video.mp4${query}`, made),
    url: fileUrl(`/library/x/video.mp4${query}`, made),
  }));
  expect(one?.url).toBe('/library/x/video.mp4?by=a&until=1795687200&sig=x&v=1795687200000');
  expect(one?.url).not.toBe(other?.url);
  expect(one?.key).toBe(other?.key);
  expect(fileKey('/library/x/video.mp4', { ...made, finishedAt: null })).not.toBe(one?.key);
  expect(validUntilMs('/library/x/video.mp4?by=a&until=1795687200&sig=x')).toBe(1_795_687_200_000);
  expect(validUntilMs('/library/x/video.mp4')).toBeUndefined();
});

const event = (at: string, from: ProjectStatus | null, to: ProjectStatus): ProjectEvent => ({
  __typename: 'BatchEvent',
  at,
  version: 1,
  change: { __typename: 'ProjectChange', from, to },
});
const [script, assets] = [
  event('2026-11-26T10:00:05.000Z', 'INITIALIZED', 'SCRIPT_GENERATING'),
  event('2026-11-26T10:00:07.500Z', 'SCRIPT_GENERATING', 'SCRIPT_GENERATED'),
];
const CREATED_AT = '2026-11-26T10:00:00.000Z';

test('each event of a project tells how long after the one before it came, the first how long it waited', () => {
  const state = { events: [assets, script].map((node) => ({ cursor: node.at, node })), hasOlder: false };
  expect([0, 1].map((index) => sinceBeforeMs(state, index, CREATED_AT))).toEqual([2_500, 5_000]);
  expect(sinceBeforeMs(state, 1, undefined)).toBeUndefined();
  expect(sinceBeforeMs({ ...state, hasOlder: true }, 1, CREATED_AT)).toBeUndefined();
});

test('a history that does not begin with waiting has lost its beginning, and does not tell how long that took', () => {
  expect(isPruned(script)).toBe(false);
  expect(isPruned(assets)).toBe(true);
  expect(isPruned(undefined)).toBe(false);
  const state = { events: [{ cursor: 'a', node: assets }], hasOlder: false };
  expect(sinceBeforeMs(state, 0, CREATED_AT)).toBeUndefined();
});
