import { type RetriedBatch, retryBatch } from '../batches/retry.ts';
import { BatchNotFound, InvalidState, ProjectNotFound } from '../errors.ts';
import { BatchObject } from './batch.ts';
import { onBatch } from './batch-action-input.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';
import { uuidOf } from './global-ids.ts';
import { RetryBatchInput } from './retry-batch-input.ts';

const RetryBatchSuccess = builder.objectRef<RetriedBatch>('RetryBatchSuccess').implement({
  description: 'The projects wait for a worker again.',
  fields: (t) => ({
    batch: t.expose('batch', { type: BatchObject, description: 'The batch as it is now.' }),
    retriedProjects: t.exposeInt('retriedProjects', {
      description: 'How many projects went back to work.',
    }),
  }),
});

builder.mutationField('retryBatch', (t) =>
  t.field({
    type: RetryBatchSuccess,
    description:
      'Sends failed and cancelled projects back to work, each to go on after the last stage that it finished. A batch that had ended is open again.',
    args: {
      input: t.arg({ type: RetryBatchInput, required: true, description: 'Which projects to send back to work.' }),
    },
    complexity: ({ input: { projectIds } }) => FieldCost.mutation + (projectIds?.length ?? 0) * FieldCost.givenProject,
    errors: {
      types: [BatchNotFound, ProjectNotFound, InvalidState],
      union: { description: 'What came of retryBatch.' },
    },
    resolve: (_root, { input: { batchId, projectIds } }, { database, queue, owner }) =>
      onBatch(batchId, (uuid) => onProjects(projectIds, (uuids) => retryBatch(database, queue, uuid, owner, uuids))),
  }),
);

/** Does something to the projects with these global ids. Throws ProjectNotFound with the id as it was given. */
async function onProjects<Result>(
  projectIds: readonly string[] | null | undefined,
  act: (uuids: string[] | undefined) => Promise<Result>,
): Promise<Result> {
  // By UUID: how the caller wrote each.
  const given = new Map<string, string>();
  for (const projectId of projectIds ?? []) {
    const uuid = uuidOf('Project', projectId);
    if (uuid === undefined) {
      throw new ProjectNotFound(projectId);
    }
    given.set(uuid, projectId);
  }
  try {
    return await act(projectIds == null ? undefined : [...given.keys()]);
  } catch (error) {
    throw error instanceof ProjectNotFound ? new ProjectNotFound(given.get(error.projectId) ?? error.projectId) : error;
  }
}
