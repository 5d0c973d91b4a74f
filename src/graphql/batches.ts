import { z } from 'zod';
import { type BatchKey, countBatches, listBatches } from '../batches/list-batches.ts';
import { InvalidInput } from '../errors.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { BatchObject } from './batch.ts';
import { BatchStatusEnum } from './batch-status.ts';
import { builder } from './builder.ts';
import { type CursorList, readConnection } from './connections.ts';
import { connectionCost, FieldCost, PAID_WITH_PAGE } from './field-costs.ts';

/** Milliseconds since 1970 and UUID. */
const place = z.tuple([z.int().nonnegative().max(8.64e15), z.uuid()]);

const LIST: CursorList<Batch, BatchKey, [number, string]> = {
  name: 'batches',
  place,
  placeOf: ({ createdAt, id }) => [createdAt.getTime(), id],
  keyOf: ([createdAt, id]) => ({ createdAt: new Date(createdAt), id }),
};

builder.queryField('batches', (t) =>
  t.connection(
    {
      type: BatchObject,
      description: "All batches that the caller may see, newest first: their own, or for an ADMIN everybody's.",
      args: {
        status: t.arg({
          type: [BatchStatusEnum],
          description: 'Only batches of any of these statuses.',
        }),
        search: t.arg.string({
          description: 'Only batches with this text somewhere in their name, in any case.',
        }),
      },
      complexity: ({ search, ...page }, context) => {
        const { field, multiplier } = connectionCost(page, context);
        return { field: field + (search == null || search === '' ? 0 : FieldCost.search), multiplier };
      },
      resolve: async (_root, { status, search, ...args }, { database, loaders, owner, limits }) => {
        checkSearch(search);
        const filter = { owner, status, search };
        const page = await readConnection(LIST, args, limits, (at) =>
          listBatches((range) => loaders.batches.load(range), filter, at),
        );
        return { ...page, count: () => countBatches(database, filter) };
      },
    },
    {
      description: 'A page of the batches.',
      fields: (c) => ({
        totalCount: c.int({
          description: 'How many batches the whole list has.',
          complexity: PAID_WITH_PAGE,
          resolve: ({ count }) => count(),
        }),
      }),
    },
    { description: 'A batch in the list of batches.' },
  ),
);

/** What PostgreSQL cannot store it cannot look for either. */
function checkSearch(search: string | null | undefined): void {
  if (search != null && (!search.isWellFormed() || search.includes('\0'))) {
    throw new InvalidInput([{ field: 'search', said: { key: 'notText' } }]);
  }
}
