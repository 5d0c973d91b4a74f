import { CONTENT_MAX, CONTENT_MIN, NAME_MAX } from '../batches/input.ts';
import { builder } from './builder.ts';
import type { Services } from './context.ts';

const Limits = builder.objectRef<Services['limits']>('Limits').implement({
  description: 'What this server takes. Lengths are in Unicode code points.',
  fields: (t) => ({
    geminiModels: t.stringList({
      description: 'The models that a batch may name.',
      resolve: ({ models }) => [...models],
    }),
    maxProjectsPerBatch: t.exposeInt('maxProjects', { description: 'How many projects a batch may have.' }),
    nameMaxLength: t.int({
      description: 'How long the name of a batch or of a project may be.',
      resolve: () => NAME_MAX,
    }),
    contentMinLength: t.int({
      description: 'How long the text of a project has to be.',
      resolve: () => CONTENT_MIN,
    }),
    contentMaxLength: t.int({
      description: 'How long the text of a project may be.',
      resolve: () => CONTENT_MAX,
    }),
    maxBodyBytes: t.exposeInt('maxBodyBytes', { description: 'How large one request may be, in bytes.' }),
  }),
});

builder.queryField('limits', (t) =>
  t.field({
    type: Limits,
    description: 'What this server takes, as it is configured.',
    resolve: (_root, _args, { limits }) => limits,
  }),
);
