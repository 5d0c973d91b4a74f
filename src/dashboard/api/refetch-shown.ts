import type { ApolloClient, DocumentNode } from '@apollo/client';
import { getOperationAST } from 'graphql';

/** Asks again for those of the queries that a page shows; to name another one is a mistake to Apollo. */
export async function refetchShown(client: ApolloClient, documents: readonly DocumentNode[]): Promise<void> {
  // By name: Apollo has documents of its own, made from these.
  const shown = new Set([...client.getObservableQueries('active')].map(({ queryName }) => queryName));
  const names = documents.map((document) => getOperationAST(document)?.name?.value);
  const include = names.filter((name) => name !== undefined && shown.has(name));
  try {
    await client.refetchQueries({ include: include.filter((name) => name !== undefined) });
  } catch {
    // Each query shows its own error.
  }
}
