import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkDocument, checkOperation, parseDocument, type Services } from '../graphql/index.ts';
import { KnownDocuments } from './known-documents.ts';

/**
 * Holds what one document may ask for to its limits, over HTTP, SSE and WebSocket alike, before any
 * of it runs: in order its tokens; its depth, aliases, directives and fields; whether it is right;
 * whether its variables are; and what it costs with these.
 */
export function useDocumentLimits(limits: Services['limits']): Plugin {
  const known = new KnownDocuments();
  return {
    onParse({ setParseFn }) {
      setParseFn((source) => {
        try {
          return known.find(typeof source === 'string' ? source : source.body) ?? parseDocument(source, limits);
        } catch (error) {
          throw error instanceof GraphQLError ? refused(error) : error;
        }
      });
    },
    onValidate({ params: { schema, documentAST }, context: { params }, setValidationFn }) {
      setValidationFn(() => {
        if (!known.isRight(documentAST)) {
          const errors = checkDocument(schema, documentAST, limits);
          if (errors.length > 0) {
            return errors.map(refused);
          }
          known.keep(documentAST);
        }
        const { operationName, variables: variableValues } = params;
        return checkOperation({ schema, document: documentAST, operationName, variableValues }, limits).map(refused);
      });
    },
  };
}

/** Over SSE and plain JSON this has status 200, as any other mistake in a document has there. */
function refused(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, extensions } = error;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    extensions: { ...extensions, http: { status: 400, spec: true } },
  });
}
