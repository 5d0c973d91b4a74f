import { cancelBatch } from '../batches/cancel.ts';
import { BatchNotFound, InvalidState } from '../errors.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { BatchObject } from './batch.ts';
import { BatchActionInput, onBatch } from './batch-action-input.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';

const CancelBatchSuccess = builder.objectRef<{ batch: Batch }>('CancelBatchSuccess').implement({
  description: 'Nothing of the batch starts any more, and what runs is told to stop.',
  fields: (t) => ({
    batch: t.expose('batch', { type: BatchObject, description: 'The batch as it is now.' }),
  }),
});

builder.mutationField('cancelBatch', (t) =>
  t.field({
    type: CancelBatchSuccess,
    description:
      'Cancels every project that waits, at once, and every project that runs, as soon as its stage has let go. Cancelling a cancelled batch changes nothing.',
    args: {
      input: t.arg({ type: BatchActionInput, required: true, description: 'Which batch to cancel.' }),
    },
    complexity: FieldCost.mutation,
    errors: {
      types: [BatchNotFound, InvalidState],
      union: { description: 'What came of cancelBatch.' },
    },
    resolve: async (_root, { input }, { database, queue, owner }) => ({
      batch: await onBatch(input.batchId, (uuid) => cancelBatch(database, queue, uuid, owner)),
    }),
  }),
);
