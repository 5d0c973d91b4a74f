import { useQuery } from '@apollo/client/react';
import { LimitsDocument } from '../../generated/dashboard-gql/graphql.ts';
import { type Limits, USUAL_LIMITS } from './limits.ts';

/** What the service takes; until it has said so, what a service usually takes. */
export function useLimits(): { limits: Limits; areKnown: boolean } {
  const { data } = useQuery(LimitsDocument);
  return { limits: data?.limits ?? USUAL_LIMITS, areKnown: data !== undefined };
}
