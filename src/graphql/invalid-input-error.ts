import { InvalidInput } from '../errors.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './error.ts';
import { InputIssue } from './input-issue.ts';

builder.objectType(InvalidInput, {
  name: 'InvalidInputError',
  description: 'The input breaks one rule or several. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.string({
      description: 'Path of the first offending value inside input, for example projects[0].content.',
      resolve: ({ issues }) => issues[0].field,
    }),
    issues: t.field({
      type: [InputIssue],
      description: 'Every offending value, in input order.',
      resolve: ({ issues }) => issues,
    }),
  }),
});
