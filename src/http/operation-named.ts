import { type DocumentNode, GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** The document does not have the operation that is asked for; or it has several, and none is asked for. */
const OPERATION_RESOLUTION_FAILURE = 'OPERATION_RESOLUTION_FAILURE';

/**
 * Refuses a request whose operation can't be told, over HTTP and WebSocket alike. Over SSE and plain
 * JSON this has status 200, as any other mistake in a document has there.
 */
export function useOperationNamed(): Plugin {
  return {
    onParse() {
      return ({ result, context: { params } }) => {
        const document: DocumentNode | Error | null = result;
        if (document === null || document instanceof Error || getOperationAST(document, params.operationName) != null) {
          return;
        }
        const extensions = { code: OPERATION_RESOLUTION_FAILURE, http: { status: 400, spec: true } };
        throw new GraphQLError('Could not determine what operation to execute.', { extensions });
      };
    },
  };
}
