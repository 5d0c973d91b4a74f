import type { GraphQLParams } from 'graphql-yoga';
import { z } from 'zod';

/** Where clients put the id of a document in place of its text: the GraphQL over HTTP draft, Relay, and others. */
export const ID_PARAMS: readonly string[] = ['documentId', 'doc_id', 'id'];

const Id = z.string().min(1).optional().catch(undefined);

const Identified = z.object({
  documentId: Id,
  doc_id: Id,
  id: Id,
  // Apollo's clients.
  extensions: z
    .object({ persistedQuery: z.object({ sha256Hash: z.string() }) })
    .optional()
    .catch(undefined),
});

/** The id of the document that a request asks for without its text; undefined where it has a text, or neither. */
export function idOf(params: GraphQLParams): string | undefined {
  if (params.query) {
    return undefined;
  }
  const { documentId, doc_id, id, extensions } = Identified.parse(params);
  return extensions?.persistedQuery.sha256Hash ?? documentId ?? doc_id ?? id;
}

/** The same without any id of a document. */
export function withoutId(params: GraphQLParams): GraphQLParams {
  if (!ID_PARAMS.some((name) => name in params)) {
    return params;
  }
  return Object.fromEntries(Object.entries(params).filter(([name]) => !ID_PARAMS.includes(name)));
}
