import type { Plugin } from 'graphql-yoga';
import { TopLevelCode } from '../graphql/index.ts';
import { httpError } from './send-error.ts';

/**
 * Refuses a request without a query, or with a name that is none: with status 400, where Yoga would
 * answer some of them as if something had been run. What else a request may hold, Yoga checks. Comes
 * after whatever finds the query of a request that does not send it.
 */
export function useCheckedParams(): Plugin {
  return {
    onParams({ params: { query, operationName } }) {
      if (query == null) {
        throw httpError(400, TopLevelCode.badRequest, 'A request needs a query.');
      }
      if (operationName != null && typeof operationName !== 'string') {
        throw httpError(400, TopLevelCode.badRequest, 'operationName must be a text.');
      }
    },
  };
}
