import { z } from 'zod';
import { countProjects, listProjects } from '../batches/list-projects.ts';
import type { ProjectRow } from '../batches/rows.ts';
import { BatchObject } from './batch.ts';
import { builder } from './builder.ts';
import { type CursorList, readConnection } from './connections.ts';
import { connectionCost, PAID_WITH_PAGE } from './field-costs.ts';
import { ProjectObject } from './project.ts';
import { ProjectStatusEnum } from './project-status.ts';

/** Position in the batch. */
const place = z.tuple([z.int32()]);

function listOf(batchId: string): CursorList<ProjectRow, number, [number]> {
  return {
    name: `projects of ${batchId}`,
    place,
    placeOf: ({ position }) => [position],
    keyOf: ([position]) => position,
  };
}

builder.objectField(BatchObject, 'projects', (t) =>
  t.connection(
    {
      type: ProjectObject,
      description: 'Its projects, in their order.',
      args: {
        status: t.arg({
          type: [ProjectStatusEnum],
          description: 'Only projects of any of these statuses.',
        }),
        offset: t.arg.int({
          description: 'Skips so many rows first, after `after` where that is given: for tables that jump.',
        }),
      },
      complexity: connectionCost,
      resolve: async (batch, { status, ...args }, { database, loaders, limits }) => ({
        ...(await readConnection(listOf(batch.id), args, limits, (page) =>
          listProjects((range) => loaders.projects.load(range), batch.id, status, page),
        )),
        count: async () => (status == null ? batch.totalProjects : countProjects(database, batch.id, status)),
      }),
    },
    {
      description: 'A page of the projects of a batch.',
      fields: (c) => ({
        totalCount: c.int({
          description: 'How many projects the whole list has.',
          complexity: PAID_WITH_PAGE,
          resolve: ({ count }) => count(),
        }),
      }),
    },
    { description: 'A project in the list of its batch.' },
  ),
);
