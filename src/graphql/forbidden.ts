import type { AuthFailure, AuthScopeFailure } from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import { say } from '../messages.ts';
import type { Context } from './context.ts';
import { TopLevelCode } from './report-errors.ts';

/** The public form of a refusal for want of a role. */
export function forbidden(failure: AuthFailure, { principal, locale }: Pick<Context, 'principal' | 'locale'>): Error {
  // No scope of the schema is anything else than a role.
  const [missing] = scopesIn(failure);
  const said = { key: 'roleNeeded', needed: String(missing?.parameter), role: principal.role } as const;
  return new GraphQLError(say(said, locale), { extensions: { code: TopLevelCode.forbidden } });
}

/** The scopes that failed, however they are combined. */
function scopesIn(failure: AuthFailure): AuthScopeFailure[] {
  if ('failures' in failure) {
    return failure.failures.flatMap(scopesIn);
  }
  return 'parameter' in failure ? [failure] : [];
}
