import { resumeBatch } from '../batches/resume.ts';
import { BatchNotFound, InvalidState } from '../errors.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { BatchObject } from './batch.ts';
import { BatchActionInput, onBatch } from './batch-action-input.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';

const ResumeBatchSuccess = builder.objectRef<{ batch: Batch }>('ResumeBatchSuccess').implement({
  description: 'The batch goes on.',
  fields: (t) => ({
    batch: t.expose('batch', { type: BatchObject, description: 'The batch as it is now.' }),
  }),
});

builder.mutationField('resumeBatch', (t) =>
  t.field({
    type: ResumeBatchSuccess,
    description:
      'Goes on with what is left of a paused batch. Resuming a batch that is not paused changes nothing; one that has ended stays ended.',
    args: {
      input: t.arg({ type: BatchActionInput, required: true, description: 'Which batch is to go on.' }),
    },
    complexity: FieldCost.mutation,
    errors: {
      types: [BatchNotFound, InvalidState],
      union: { description: 'What came of resumeBatch.' },
    },
    resolve: async (_root, { input }, { database, queue, owner }) => ({
      batch: await onBatch(input.batchId, (uuid) => resumeBatch(database, queue, uuid, owner)),
    }),
  }),
);
