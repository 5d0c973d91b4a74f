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
    maxPageSize: t.exposeInt('maxPageSize', { description: 'How many rows first and last may ask for.' }),
    maxDepth: t.exposeInt('maxDepth', {
      description:
        'How deep a document may nest fields. In documents, fragments count as often as they are spread, and what is inside __schema and __type is not nested.',
    }),
    maxFields: t.exposeInt('maxFields', { description: 'How many fields and fragments a document may select.' }),
    maxAliases: t.exposeInt('maxAliases', { description: 'How many aliases a document may have.' }),
    maxDirectives: t.exposeInt('maxDirectives', { description: 'How many directives a document may have.' }),
    maxTokens: t.exposeInt('maxTokens', {
      description: 'How many tokens a document may have: names, numbers, strings and punctuation.',
    }),
    maxCost: t.exposeInt('maxCost', {
      description:
        'What one operation may cost, with its variables: about as much as it asks for values and makes the database read rows. A field costs 1, and some cost more; what is inside a list counts as often as the list may be long, pages by first and last.',
    }),
    operationTimeoutMs: t.exposeInt('operationTimeoutMs', {
      description: 'How long a query or a mutation may take, or one event of a subscription, in milliseconds.',
    }),
  }),
});

builder.queryField('limits', (t) =>
  t.field({
    type: Limits,
    description: 'What this server takes, as it is configured.',
    resolve: (_root, _args, { limits }) => limits,
  }),
);
