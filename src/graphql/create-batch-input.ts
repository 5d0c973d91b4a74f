import { builder } from './builder.ts';
import { CreateProjectInput } from './create-project-input.ts';
import { YoutubeSettingsInput } from './youtube-settings-input.ts';

/** What a new batch is made of. */
export const CreateBatchInput = builder.inputType('CreateBatchInput', {
  description: 'What a new batch is made of. Every project inherits its settings.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    projects: t.field({
      type: [CreateProjectInput],
      required: true,
      description: 'At least one.',
    }),
    configurationId: t.id({ description: 'UUID of the configuration to make the videos with.' }),
    promptTemplateId: t.id({ description: 'UUID of the prompt template to make the videos with.' }),
    geminiModel: t.string({
      required: true,
      defaultValue: 'gemini-1.5-flash',
      description: 'gemini-1.5-flash, gemini-1.5-pro, or another that the server is configured to allow.',
    }),
    youtubeSettings: t.field({
      type: YoutubeSettingsInput,
      description: 'How the videos are to be published.',
    }),
    failureLimit: t.int({
      description: 'The batch fails once more projects than this have failed. Null: never.',
    }),
    idempotencyKey: t.string({
      description:
        'The same key with the same input returns the batch that it made the first time. 1 to 200 characters.',
    }),
  }),
});
