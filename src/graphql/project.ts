import type { ProjectRow } from '../batches/rows.ts';
import { ProjectNotFound } from '../errors.ts';
import { BatchObject, existingBatch } from './batch.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { FieldCost } from './field-costs.ts';
import { ProjectStatusEnum } from './project-status.ts';
import { YoutubeSettings, youtubeSettingsOf } from './youtube-settings.ts';

const FILE_URL =
  'a path on this server (/library/...) or a URL. Where the service asks for tokens, such a path is signed and can be fetched without one for some hours: ask for it again then.';

/** The URL of a file as this caller can fetch it. */
function signed(url: string | null, { signFileUrl, principal }: Context): string | null {
  return url === null ? null : signFileUrl(url, principal);
}

/** Not a prismaObject: the rows come without their text, which is read only where it is asked for. */
const ProjectRef = builder.objectRef<ProjectRow>('Project');

/** One text on its way to a video. */
export const ProjectObject = builder.node(ProjectRef, {
  description: 'One text on its way to a video.',
  id: { resolve: ({ id }) => id },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, 1 to 200 characters.' }),
    position: t.exposeInt('position', { description: 'Place in its batch, from 0.' }),
    content: t.string({
      description: 'The text that the video is made from, 500 to 10000 characters.',
      complexity: FieldCost.content,
      resolve: async ({ id }, _args, { loaders }) => {
        const content = await loaders.content.load(id);
        if (content === undefined) {
          throw new ProjectNotFound(id);
        }
        return content;
      },
    }),
    status: t.expose('status', { type: ProjectStatusEnum, description: 'How far it is.' }),
    progress: t.exposeInt('progress', {
      description: '0 to 100. A failed project keeps the progress at which it failed.',
    }),
    attempt: t.exposeInt('attempt', { description: '1 at first; retryBatch adds 1.' }),
    version: t.exposeInt('version', {
      description:
        'Grows with every change of the project that a client can see. An answer with a lower one is older than what is known already.',
    }),
    errorMessage: t.exposeString('errorMessage', {
      nullable: true,
      description: 'Why it failed: the stage, and what that stage said.',
    }),
    youtubeUrl: t.exposeString('youtubeUrl', {
      nullable: true,
      description: 'Where it is on YouTube; null where it was not published there.',
    }),
    videoUrl: t.string({
      nullable: true,
      description: `Where the video is; ${FILE_URL}`,
      resolve: ({ videoUrl }, _args, context) => signed(videoUrl, context),
    }),
    thumbnailUrl: t.string({
      nullable: true,
      description: `Where the thumbnail is; ${FILE_URL}`,
      resolve: ({ thumbnailUrl }, _args, context) => signed(thumbnailUrl, context),
    }),
    captionsUrl: t.string({
      nullable: true,
      description: `Where the captions are, as WebVTT; ${FILE_URL}`,
      resolve: ({ captionsUrl }, _args, context) => signed(captionsUrl, context),
    }),
    configurationId: t.exposeID('configurationId', {
      nullable: true,
      description: 'UUID of the configuration it is made with, from its batch.',
    }),
    promptTemplateId: t.exposeID('promptTemplateId', {
      nullable: true,
      description: 'UUID of the prompt template it is made with, from its batch.',
    }),
    geminiModel: t.exposeString('geminiModel', {
      description: 'The model it is made with, from its batch.',
    }),
    youtubeSettings: t.field({
      type: YoutubeSettings,
      nullable: true,
      description: 'How it is to be published, from its batch.',
      resolve: youtubeSettingsOf,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker first took it up.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was completed, failed or cancelled. Null again after a retry.',
    }),
    batch: t.field({
      type: BatchObject,
      description: 'The batch that it belongs to.',
      complexity: FieldCost.joinedRow,
      resolve: ({ batchId }, _args, context) => existingBatch(batchId, context),
    }),
  }),
});
