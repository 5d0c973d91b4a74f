import { z } from 'zod';
import { BatchNotFound } from '../errors.ts';
import type { BatchUpdate } from '../feed/feed.ts';
import { BatchObject } from './batch.ts';
import { beginsInTime } from './begins-in-time.ts';
import { builder } from './builder.ts';
import { decodeCursor, encodeCursor } from './cursors.ts';
import { FieldCost, LIST_GUESS } from './field-costs.ts';
import { uuidOf } from './global-ids.ts';
import { ProjectObject } from './project.ts';
import { ProjectChange } from './project-change.ts';

/** The batch's version. */
const place = z.tuple([z.int32().nonnegative()]);

const streamOf = (batchId: string) => `progress of ${batchId}`;

const BatchProgress = builder.objectRef<BatchUpdate>('BatchProgress').implement({
  description: 'A batch as it is now, and what has changed since the event before.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Pass it as after to go on from here without a gap.',
      resolve: ({ batch }) => encodeCursor(streamOf(batch.id), [batch.version]),
    }),
    batch: t.expose('batch', { type: BatchObject, description: 'The batch as it is now.' }),
    changes: t.expose('changes', {
      type: [ProjectChange],
      complexity: { multiplier: LIST_GUESS },
      description:
        'Every status change committed since the event before, oldest first; empty in the first event of a fresh subscription.',
    }),
    progressed: t.expose('progressed', {
      type: [ProjectObject],
      complexity: { multiplier: LIST_GUESS },
      description: 'Projects that moved on within their stage since the event before, as they are now.',
    }),
    reset: t.exposeBoolean('reset', {
      description:
        'True where the history no longer reaches back to after: changes are missing, and batch is the truth to start from.',
    }),
  }),
});

builder.subscriptionField('batchProgress', (t) =>
  t.field({
    type: BatchProgress,
    complexity: FieldCost.statement,
    description:
      'One batch, from its present state until it ends. Ends with a BATCH_NOT_FOUND error where there is none.',
    args: {
      batchId: t.arg.id({ required: true, description: 'Global id of the batch: batch_<uuid>.' }),
      after: t.arg.string({
        description:
          'Cursor of the last event that was received: the stream goes on from there, without gap or repeat.',
      }),
    },
    subscribe: (_root, { batchId, after }, { feed, owner, limits, eventTime = {} }) => {
      const uuid = uuidOf('Batch', batchId);
      if (uuid === undefined) {
        throw new BatchNotFound(batchId);
      }
      const version = decodeCursor('after', after, streamOf(uuid), place)?.[0];
      const onTake = ({ changes }: BatchUpdate, isFirst: boolean) => {
        // The first one may tell of what was long before somebody asked.
        eventTime.changedAtMs = isFirst ? undefined : changes[0]?.at.getTime();
      };
      return beginsInTime(feed.watchBatch(uuid, version, owner, onTake), limits.operationTimeoutMs);
    },
    resolve: (update) => update,
  }),
);
