import { type DocumentNode, GraphQLError, parse, type Source } from 'graphql';
import { beyondLimit, type DocumentLimits } from './document-limits.ts';
import { shortened } from './shortened.ts';

/** The document of an operation is no GraphQL. */
const GRAPHQL_PARSE_FAILED = 'GRAPHQL_PARSE_FAILED';

/** graphql says it in words only; what clients write can't begin a message. */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more than \d+ tokens/;

/**
 * Characters from which on errors do not tell their place in the document: for each of them the
 * whole text before it is read again.
 */
const LARGE = 10_000;

/** Lines, for each token that a document may have: comments are read into memory, and do not count as tokens. */
const LINES_PER_TOKEN = 3;

/**
 * Parses a document. Throws GraphQLErrors with codes of their own: GRAPHQL_PARSE_FAILED,
 * TOKEN_LIMIT_EXCEEDED, and DEPTH_LIMIT_EXCEEDED for what is nested so deeply that it can't be read.
 */
export function parseDocument(source: string | Source, { maxTokens }: Pick<DocumentLimits, 'maxTokens'>): DocumentNode {
  const text = typeof source === 'string' ? source : source.body;
  const isLarge = text.length > LARGE;
  if (isLarge && hasMoreLines(text, maxTokens * LINES_PER_TOKEN)) {
    throw beyondLimit('tokens', `The document has more than ${maxTokens * LINES_PER_TOKEN} lines.`);
  }
  try {
    return withoutOverflow(() => parse(source, { maxTokens, noLocation: isLarge }));
  } catch (error) {
    if (!(error instanceof GraphQLError) || error.extensions['code'] !== undefined) {
      throw error;
    }
    if (TOO_MANY_TOKENS.test(error.message)) {
      throw beyondLimit('tokens', `The document has more than ${maxTokens} tokens.`);
    }
    const { message, source: read, positions } = shortened(error);
    throw new GraphQLError(message, { source: read, positions, extensions: { code: GRAPHQL_PARSE_FAILED } });
  }
}

/** Whether errors in a document do not tell their place. */
export function isLargeDocument({ loc }: DocumentNode): boolean {
  return loc === undefined;
}

/** Runs what goes down into a document by recursion. Throws DEPTH_LIMIT_EXCEEDED where that takes too much stack. */
export function withoutOverflow<T>(goDown: () => T): T {
  try {
    return goDown();
  } catch (error) {
    throw error instanceof RangeError ? beyondLimit('depth', 'The document is nested too deeply to be read.') : error;
  }
}

function hasMoreLines(text: string, most: number): boolean {
  let lines = 1;
  for (let at = 0; at < text.length && lines <= most; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) {
      lines++;
    }
  }
  return lines > most;
}
