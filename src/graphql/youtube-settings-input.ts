import { builder } from './builder.ts';
import { YoutubePrivacyEnum } from './youtube-privacy.ts';
import { YoutubePublishTypeEnum } from './youtube-publish-type.ts';

/** How the videos of a new batch are to be published. */
export const YoutubeSettingsInput = builder.inputType('YoutubeSettingsInput', {
  description: 'How the videos of a new batch are to be published.',
  fields: (t) => ({
    privacy: t.field({
      type: YoutubePrivacyEnum,
      required: true,
      defaultValue: 'PRIVATE',
      description: 'Who may watch them.',
    }),
    publishType: t.field({
      type: YoutubePublishTypeEnum,
      required: true,
      defaultValue: 'IMMEDIATE',
      description: 'When they are published.',
    }),
    publishAt: t.field({
      type: 'DateTime',
      description: 'Required with SCHEDULED, and in the future.',
    }),
    aiContentFlag: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether they are declared as made with the help of AI.',
    }),
  }),
});
