import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Characters of all documents together: their syntax trees take about a hundred times as many bytes. */
const MAX_CHARACTERS = 400_000;
/** A document of more is parsed and checked each time. */
const MAX_DOCUMENT_CHARACTERS = 10_000;

/**
 * Documents that were found to be right, whatever variables come with them: nearly all requests bring
 * one of a few, and to parse and to validate it takes longer than to answer most. What depends on
 * variables is never kept. The least recently used are forgotten first.
 */
export class KnownDocuments {
  readonly #byText = new LRUCache<string, DocumentNode>({
    maxSize: MAX_CHARACTERS,
    maxEntrySize: MAX_DOCUMENT_CHARACTERS,
    sizeCalculation: (_document, text) => Math.max(text.length, 1),
  });
  readonly #right = new WeakSet<DocumentNode>();

  /** The document of a text, where it is known. */
  find(text: string): DocumentNode | undefined {
    return this.#byText.get(text);
  }

  /** Whether it is one of those that find() gives. */
  isRight(document: DocumentNode): boolean {
    return this.#right.has(document);
  }

  /** Keeps a document in which nothing was found wrong. One whose text it does not know itself is large. */
  keep(document: DocumentNode): void {
    const text = document.loc?.source.body;
    if (text !== undefined) {
      this.#right.add(document);
      this.#byText.set(text, document);
    }
  }
}
