import type { LimitsQuery } from '../../generated/dashboard-gql/graphql.ts';

/** What the service takes. */
export type Limits = Omit<LimitsQuery['limits'], '__typename'>;

/** What a service takes unless it is told otherwise: until it has said what it does take. */
export const USUAL_LIMITS: Limits = {
  contentMinLength: 500,
  contentMaxLength: 10_000,
  nameMaxLength: 200,
  geminiModels: ['gemini-1.5-flash', 'gemini-1.5-pro'],
  maxProjectsPerBatch: 10_000,
  maxBodyBytes: 32 * 1024 * 1024,
};
