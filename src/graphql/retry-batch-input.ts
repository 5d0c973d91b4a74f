import { builder } from './builder.ts';

/** Which projects to send back to work. */
export const RetryBatchInput = builder.inputType('RetryBatchInput', {
  description: 'Which projects to send back to work.',
  fields: (t) => ({
    batchId: t.id({ required: true, description: 'Global id of the batch: batch_<uuid>.' }),
    projectIds: t.idList({
      description: 'Only these (project_<uuid>); by default every failed or cancelled project.',
    }),
  }),
});
