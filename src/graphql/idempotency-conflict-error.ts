import { IdempotencyConflict } from '../errors.ts';
import { BatchObject, existingBatch } from './batch.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './error.ts';

builder.objectType(IdempotencyConflict, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was already used with a different input. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    batch: t.field({
      type: BatchObject,
      description: 'The batch that the key stands for.',
      resolve: ({ batchUuid }, _args, context) => existingBatch(batchUuid, context),
    }),
  }),
});
