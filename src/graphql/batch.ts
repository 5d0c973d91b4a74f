import { BatchNotFound } from '../errors.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { BatchStatusEnum } from './batch-status.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { YoutubeSettings, youtubeSettingsOf } from './youtube-settings.ts';

/** Projects that were submitted together. Its connections stand in batch-projects.ts and batch-events.ts. */
export const BatchObject = builder.prismaObject('Batch', {
  description:
    'Projects that were submitted together. Its counters, progress and status are kept by the database, in the transaction of each change.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, 1 to 200 characters.' }),
    status: t.expose('status', { type: BatchStatusEnum, description: 'How it is doing.' }),
    progress: t.float({
      description: 'Mean progress of all projects, 0 to 100.',
      resolve: ({ progressSum, totalProjects }) => (totalProjects === 0 ? 0 : progressSum / totalProjects),
    }),
    totalProjects: t.exposeInt('totalProjects', { description: 'How many projects it was made of.' }),
    waitingProjects: t.exposeInt('waitingProjects', { description: 'Projects that wait for a worker: INITIALIZED.' }),
    runningProjects: t.exposeInt('runningProjects', {
      description: 'Started and not ended. A paused or cancelled batch is quiet once this is 0.',
    }),
    completedProjects: t.exposeInt('completedProjects', {
      description: 'Projects whose videos are in the library: COMPLETED.',
    }),
    failedProjects: t.exposeInt('failedProjects', {
      description: 'Projects of which a stage could not be done: FAILED.',
    }),
    cancelledProjects: t.exposeInt('cancelledProjects', {
      description: 'Projects that were cancelled before they had ended: CANCELLED.',
    }),
    failureLimit: t.exposeInt('failureLimit', {
      nullable: true,
      description: 'The batch fails once more projects than this have failed. Null: never.',
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every committed change of the batch or of one of its projects.',
    }),
    configurationId: t.exposeID('configurationId', {
      nullable: true,
      description: 'UUID of the configuration that its projects are made with.',
    }),
    promptTemplateId: t.exposeID('promptTemplateId', {
      nullable: true,
      description: 'UUID of the prompt template that its projects are made with.',
    }),
    geminiModel: t.exposeString('geminiModel', {
      description: 'The model that its projects are made with.',
    }),
    youtubeSettings: t.field({
      type: YoutubeSettings,
      nullable: true,
      description: 'How its videos are to be published; null where nothing was said.',
      resolve: youtubeSettingsOf,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its first project started.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended. Null again after retryBatch has opened it.',
    }),
  }),
});

builder.nodeRef(BatchObject, { id: { resolve: ({ id }: Batch) => id } });

/** The batch with this UUID, which something else refers to. Throws BatchNotFound where it was deleted meanwhile. */
export async function existingBatch(uuid: string, { loaders }: Context): Promise<Batch> {
  const batch = await loaders.batch.load(uuid);
  if (batch === undefined) {
    throw new BatchNotFound(uuid);
  }
  return batch;
}
