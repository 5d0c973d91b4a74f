import type { ApolloClient, DocumentNode } from '@apollo/client';

/** Asks again for those of the queries that a page shows; to name another one is a mistake to Apollo. */
export async function refetchShown(client: ApolloClient, documents: readonly DocumentNode[]): Promise<void> {
  const shown = new Set([...client.getObservableQueries('active')].map(({ query }) => query));
  const include = documents.filter((document) => shown.has(document));
  try {
    await client.refetchQueries({ include });
  } catch {
    // Each query shows its own error.
  }
}
