import { BatchNotFound } from '../errors.ts';
import { builder } from './builder.ts';
import { uuidOf } from './global-ids.ts';

/** Which batch to act on. */
export const BatchActionInput = builder.inputType('BatchActionInput', {
  description: 'Which batch to act on.',
  fields: (t) => ({
    batchId: t.id({ required: true, description: 'Global id of the batch: batch_<uuid>.' }),
  }),
});

/** Does something to the batch with this global id. Throws BatchNotFound with the id as it was given. */
export async function onBatch<Result>(batchId: string, act: (uuid: string) => Promise<Result>): Promise<Result> {
  const uuid = uuidOf('Batch', batchId);
  if (uuid === undefined) {
    throw new BatchNotFound(batchId);
  }
  try {
    return await act(uuid);
  } catch (error) {
    throw error instanceof BatchNotFound ? new BatchNotFound(batchId) : error;
  }
}
