import { BUCKETS_MAX, BUCKETS_MIN, type CompletionCount, countCompletions } from '../batches/measure.ts';
import { BatchObject } from './batch.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';

const CompletionCountObject = builder.objectRef<CompletionCount>('CompletionCount').implement({
  description: 'How many projects of a batch had been completed at a moment.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The moment that is counted at.' }),
    completed: t.exposeInt('completed', { description: 'Projects that had been completed by then.' }),
  }),
});

builder.objectField(BatchObject, 'completions', (t) =>
  t.field({
    type: [CompletionCountObject],
    description:
      'Its completed projects over time: at evenly spaced moments from startedAt to finishedAt, or to now while it has not ended. The first moment is startedAt, and the last point has completedProjects. Empty where nothing has started.',
    args: {
      buckets: t.arg.int({
        required: true,
        defaultValue: 60,
        description: `How many moments at most, ${BUCKETS_MIN} to ${BUCKETS_MAX}.`,
      }),
    },
    complexity: ({ buckets }) => ({
      field: FieldCost.measure,
      multiplier: Math.min(Math.max(buckets, 0), BUCKETS_MAX),
    }),
    resolve: (batch, { buckets }, { database }) => countCompletions(database, batch, buckets),
  }),
);
