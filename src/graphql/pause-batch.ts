import { pauseBatch } from '../batches/pause.ts';
import { BatchNotFound, InvalidState } from '../errors.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { BatchObject } from './batch.ts';
import { BatchActionInput, onBatch } from './batch-action-input.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';

const PauseBatchSuccess = builder.objectRef<{ batch: Batch }>('PauseBatchSuccess').implement({
  description: 'No project of the batch starts any more.',
  fields: (t) => ({
    batch: t.expose('batch', { type: BatchObject, description: 'The batch as it is now.' }),
  }),
});

builder.mutationField('pauseBatch', (t) =>
  t.field({
    type: PauseBatchSuccess,
    description:
      'Once this has returned, no project of the batch starts; what runs is left to end. Pausing a paused batch changes nothing.',
    args: {
      input: t.arg({ type: BatchActionInput, required: true, description: 'Which batch to pause.' }),
    },
    complexity: FieldCost.mutation,
    errors: {
      types: [BatchNotFound, InvalidState],
      union: { description: 'What came of pauseBatch.' },
    },
    resolve: async (_root, { input }, { database, queue, owner }) => ({
      batch: await onBatch(input.batchId, (uuid) => pauseBatch(database, queue, uuid, owner)),
    }),
  }),
);
