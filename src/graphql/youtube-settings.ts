import type { Batch } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';
import { YoutubePrivacyEnum } from './youtube-privacy.ts';
import { YoutubePublishTypeEnum } from './youtube-publish-type.ts';

/** The columns that batches and projects keep the settings in: all null, or none but publishAt. */
type Columns = Pick<Batch, 'youtubePrivacy' | 'youtubePublishType' | 'youtubePublishAt' | 'youtubeAiContentFlag'>;

/** The settings in the columns of a row; null where it has none. */
export function youtubeSettingsOf(row: Columns) {
  const { youtubePrivacy: privacy, youtubePublishType: publishType } = row;
  const { youtubePublishAt: publishAt, youtubeAiContentFlag: aiContentFlag } = row;
  return privacy === null || publishType === null || aiContentFlag === null
    ? null
    : { privacy, publishType, publishAt, aiContentFlag };
}

type Settings = NonNullable<ReturnType<typeof youtubeSettingsOf>>;

/** How a video is to be published. */
export const YoutubeSettings = builder.objectRef<Settings>('YoutubeSettings').implement({
  description: 'How the videos of a batch are to be published.',
  fields: (t) => ({
    privacy: t.expose('privacy', { type: YoutubePrivacyEnum, description: 'Who may watch them.' }),
    publishType: t.expose('publishType', {
      type: YoutubePublishTypeEnum,
      description: 'When they are published.',
    }),
    publishAt: t.expose('publishAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The time of publishing; set with SCHEDULED.',
    }),
    aiContentFlag: t.exposeBoolean('aiContentFlag', {
      description: 'Whether they are declared as made with the help of AI.',
    }),
  }),
});
