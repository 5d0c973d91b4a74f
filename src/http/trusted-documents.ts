import { type DocumentNode, type FieldNode, parse, print, visit } from 'graphql';

/** What may stand before a hash that is an id. */
const ALGORITHM = 'sha256:';

/** The only documents that a service runs. */
export class TrustedDocuments {
  readonly #textsById: ReadonlyMap<string, string>;
  readonly #normalized: ReadonlySet<string>;

  /** Takes the texts of documents by their ids. Throws GraphQLError for one that is no GraphQL. */
  constructor(textsById: ReadonlyMap<string, string>) {
    this.#textsById = textsById;
    this.#normalized = new Set([...textsById.values()].map((text) => normalize(parse(text))));
  }

  /** The text of a document; undefined where none has this id. A hash may have `sha256:` before it, or not. */
  textOf(id: string): string | undefined {
    const other = id.startsWith(ALGORITHM) ? id.slice(ALGORITHM.length) : ALGORITHM + id;
    return this.#textsById.get(id) ?? this.#textsById.get(other);
  }

  /** Whether a document is one of these, in any layout, and with __typename wherever its client likes. */
  has(document: DocumentNode): boolean {
    return this.#normalized.has(normalize(document));
  }
}

/** The same for documents that ask for the same. Clients ask for __typename everywhere, to tell rows apart. */
function normalize(document: DocumentNode): string {
  const bare = visit(document, { Field: (field) => (isTypename(field) ? null : undefined) });
  return bare.definitions.map(print).sort().join('\n');
}

function isTypename({ name, alias, directives }: FieldNode): boolean {
  return name.value === '__typename' && alias === undefined && (directives ?? []).length === 0;
}
