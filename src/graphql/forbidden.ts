import { type AuthFailure, AuthScopeFailureType } from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import { say } from '../messages.ts';
import type { Context } from './context.ts';
import { TopLevelCode } from './report-errors.ts';

/** The public form of a refusal for want of a role, which every scope of the schema is. */
export function forbidden(failure: AuthFailure, { principal, locale }: Pick<Context, 'principal' | 'locale'>): Error {
  if (failure.kind !== AuthScopeFailureType.AuthScope) {
    return new Error(`a field asks for something else than a role: ${failure.kind}`);
  }
  const said = { key: 'roleNeeded', needed: String(failure.parameter), role: principal.role } as const;
  return new GraphQLError(say(said, locale), { extensions: { code: TopLevelCode.forbidden } });
}
