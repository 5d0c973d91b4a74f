import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { idOf, withoutId } from './document-id.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** A document that the service does not run: it takes trusted ones only. */
const PERSISTED_QUERY_ONLY = 'PERSISTED_QUERY_ONLY';
/** There is no trusted document with that id. */
const PERSISTED_QUERY_NOT_FOUND = 'PERSISTED_QUERY_NOT_FOUND';
/** The service runs no documents by their ids. */
const PERSISTED_QUERY_NOT_SUPPORTED = 'PERSISTED_QUERY_NOT_SUPPORTED';

/**
 * Runs trusted documents only, by their id or by their text, over HTTP, SSE and WebSocket alike. Or,
 * where none are given, any document by its text. Comes after what parses documents.
 */
export function useTrustedDocuments(trusted: TrustedDocuments | undefined): Plugin {
  const textOf = (id: string): string => {
    if (trusted === undefined) {
      throw refusal(PERSISTED_QUERY_NOT_SUPPORTED, 'This service runs no documents by their ids. Send the text.');
    }
    const text = trusted.textOf(id);
    if (text === undefined) {
      throw refusal(PERSISTED_QUERY_NOT_FOUND, 'There is no trusted document with this id.');
    }
    return text;
  };
  return {
    onParams({ params, setParams }) {
      const id = idOf(params);
      setParams({ ...withoutId(params), ...(id === undefined ? {} : { query: textOf(id) }) });
    },
    onParse({ params: { source }, context, parseFn, setParseFn }) {
      // Over WebSocket, the protocol takes an empty text beside an id.
      const id = source === '' ? idOf(context.params) : undefined;
      if (id !== undefined) {
        setParseFn((_source, options) => parseFn(textOf(id), options));
      }
    },
    onValidate({ params: { documentAST }, setResult }) {
      if (trusted?.has(documentAST) === false) {
        setResult([refusal(PERSISTED_QUERY_ONLY, 'This service runs trusted documents only, and this is none.')]);
      }
    },
  };
}

/** Over SSE and plain JSON this has status 200, as any other mistake in a document has there. */
function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } });
}
