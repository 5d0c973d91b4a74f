import { type CreatedBatch, createBatch } from '../batches/create.ts';
import { IdempotencyConflict, InvalidInput } from '../errors.ts';
import { BatchObject } from './batch.ts';
import { builder } from './builder.ts';
import { CreateBatchInput } from './create-batch-input.ts';
import { FieldCost } from './field-costs.ts';

const CreateBatchSuccess = builder.objectRef<CreatedBatch>('CreateBatchSuccess').implement({
  description: 'The batch was made, by this call or by an earlier one with the same key.',
  fields: (t) => ({
    batch: t.expose('batch', {
      type: BatchObject,
      description: 'The batch as it is now.',
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'True where the idempotency key had already made this batch.',
    }),
  }),
});

builder.mutationField('createBatch', (t) =>
  t.field({
    type: CreateBatchSuccess,
    description:
      'Makes a batch with all of its projects, or nothing. Work starts at once. All mistakes in the input come back together.',
    args: {
      input: t.arg({ type: CreateBatchInput, required: true, description: 'What to make.' }),
    },
    complexity: ({ input }, { limits }) =>
      FieldCost.mutation + Math.min(input.projects.length, limits.maxProjects) * FieldCost.givenProject,
    errors: {
      types: [InvalidInput, IdempotencyConflict],
      union: { description: 'What came of createBatch.' },
    },
    resolve: (_root, { input }, { database, queue, limits, principal }) =>
      createBatch(database, queue, limits, { ...input, owner: principal.subject }),
  }),
);
