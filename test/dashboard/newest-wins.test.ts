import { InMemoryCache } from '@apollo/client';
import { describe, expect, test } from 'vitest';
import { keepNewest } from '../../src/dashboard/api/newest-wins.ts';
import {
  BatchFieldsFragmentDoc,
  type ProjectFieldsFragment,
  ProjectFieldsFragmentDoc,
} from '../../src/generated/dashboard-gql/graphql.ts';

const projectAt = (version: number, rest: Partial<ProjectFieldsFragment> = {}): ProjectFieldsFragment => ({
  __typename: 'Project',
  id: 'project_1',
  version,
  name: 'One',
  position: 0,
  status: 'RENDERING',
  progress: 75,
  attempt: 1,
  errorMessage: null,
  videoUrl: null,
  thumbnailUrl: null,
  captionsUrl: null,
  youtubeUrl: null,
  startedAt: null,
  finishedAt: null,
  ...rest,
});

function cacheWith(project: ProjectFieldsFragment): InMemoryCache {
  const cache = new InMemoryCache();
  cache.writeFragment({ fragment: ProjectFieldsFragmentDoc, fragmentName: 'ProjectFields', data: project });
  return cache;
}

describe('what is known in a later version', () => {
  const cache = cacheWith(projectAt(7, { status: 'COMPLETED', progress: 100 }));

  test('takes the place of an earlier one, however deep in the answer', () => {
    const answer = { batch: { __typename: 'Batch', id: 'batch_1', projects: { nodes: [projectAt(5), null] } } };
    expect(keepNewest(answer, cache)).toEqual({
      batch: {
        __typename: 'Batch',
        id: 'batch_1',
        projects: { nodes: [projectAt(7, { status: 'COMPLETED', progress: 100 }), null] },
      },
    });
  });

  test('gives only the fields that were asked for, and leaves all others as they came', () => {
    const { id, version, status } = projectAt(5);
    const answer = { project: { __typename: 'Project', id, version, status, content: 'A text.' } };
    expect(keepNewest(answer, cache)).toEqual({
      project: { __typename: 'Project', id, version: 7, status: 'COMPLETED', content: 'A text.' },
    });
  });

  test.each([7, 8])('gives way to version %i', (version) => {
    const answer = { project: projectAt(version, { status: 'FAILED' }) };
    expect(keepNewest(answer, cache)).toEqual(answer);
  });
});

test('what is not known comes as it is, and so does what has no version', () => {
  const answer = { project: projectAt(1), limits: { __typename: 'Limits', geminiModels: ['one'] }, count: 3 };
  expect(keepNewest(answer, new InMemoryCache())).toEqual(answer);
});

test('a batch is kept in its newest version, too', () => {
  const cache = new InMemoryCache();
  const batch = {
    __typename: 'Batch' as const,
    id: 'batch_1',
    version: 9,
    name: 'A batch',
    status: 'PAUSED' as const,
    progress: 50,
    totalProjects: 2,
    waitingProjects: 1,
    runningProjects: 0,
    completedProjects: 1,
    failedProjects: 0,
    cancelledProjects: 0,
    failureLimit: null,
    createdAt: '2026-11-26T10:00:00.000Z',
    startedAt: null,
    finishedAt: null,
  };
  cache.writeFragment({ fragment: BatchFieldsFragmentDoc, fragmentName: 'BatchFields', data: batch });
  expect(keepNewest({ batch: { ...batch, version: 8, status: 'RUNNING' } }, cache)).toEqual({ batch });
});
