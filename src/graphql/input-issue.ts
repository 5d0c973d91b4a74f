import type { Issue } from '../errors.ts';
import { say } from '../messages.ts';
import { builder } from './builder.ts';

/** One offending value. */
export const InputIssue = builder.objectRef<Issue>('InputIssue').implement({
  description: 'One offending value of an input.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'Path of the value inside input, for example projects[0].content.',
    }),
    message: t.string({
      description: 'Which rule it breaks, in the language of the caller.',
      resolve: (issue, _args, { locale }) => say(issue.said, locale),
    }),
  }),
});
