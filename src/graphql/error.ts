import type { DomainError } from '../errors.ts';
import { say } from '../messages.ts';
import { builder } from './builder.ts';
import { ErrorCodeEnum } from './error-code.ts';

/** What every mistake tells that is returned as data. */
export const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description:
    'A mistake the caller can act on, returned as data. Everything else is a top-level error with extensions.code.',
  fields: (t) => ({
    code: t.expose('code', {
      type: ErrorCodeEnum,
      description: 'What went wrong, for programs.',
    }),
    message: t.string({
      description: 'What went wrong, for people: in English or Traditional Chinese, by Accept-Language.',
      resolve: (error, _args, { locale }) => say(error.said, locale),
    }),
  }),
});
