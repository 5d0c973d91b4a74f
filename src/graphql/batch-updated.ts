import { BatchObject } from './batch.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';

builder.subscriptionField('batchUpdated', (t) =>
  t.field({
    type: BatchObject,
    complexity: FieldCost.statement,
    description:
      'Every batch that the caller may see, as it changes, for lists. Never ends. A reader that is slow gets the newest state of each batch.',
    subscribe: (_root, _args, { feed, owner }) => feed.watchBatches(owner),
    resolve: (batch) => batch,
  }),
);
