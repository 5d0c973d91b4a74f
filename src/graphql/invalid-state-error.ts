import { InvalidState } from '../errors.ts';
import { BatchObject, existingBatch } from './batch.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './error.ts';

builder.objectType(InvalidState, {
  name: 'InvalidStateError',
  description: 'The batch, as it is, does not allow that. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    batch: t.field({
      type: BatchObject,
      description: 'The batch as it is now, with the status that does not allow it.',
      resolve: ({ batchUuid }, _args, context) => existingBatch(batchUuid, context),
    }),
  }),
});
