import { GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Enough for 10,000 projects that are written out in the document. */
const MAX_TOKENS = 100_000;

/** The document of an operation is no GraphQL, or too long to be looked at. */
const GRAPHQL_PARSE_FAILED = 'GRAPHQL_PARSE_FAILED';

/** Parses documents up to a length. What is wrong with one has a code, over HTTP and WebSocket alike. */
export function useParser(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parse(source, { ...options, maxTokens: MAX_TOKENS });
        } catch (error) {
          throw error instanceof GraphQLError ? withCode(error) : error;
        }
      });
    },
  };
}

function withCode({ message, source, positions }: GraphQLError): GraphQLError {
  const extensions = { code: GRAPHQL_PARSE_FAILED, http: { status: 400, spec: true } };
  return new GraphQLError(message, { source, positions, extensions });
}
