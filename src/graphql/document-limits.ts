import { GraphQLError } from 'graphql';

/** What one document may ask for. Fragments count as often as they are spread. */
export interface DocumentLimits {
  /** Levels of fields, one inside the other; those inside __schema and __type do not count. */
  readonly maxDepth: number;
  /** What one operation may cost, with its variables; cost.ts says how that is counted. */
  readonly maxCost: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** Tokens of the text: names, numbers, strings and punctuation. */
  readonly maxTokens: number;
  /** Selections: fields and fragments. */
  readonly maxFields: number;
  /** Whether the schema may be asked for; __typename always may. */
  readonly introspection: boolean;
  /** Whether errors say which name may have been meant. */
  readonly suggestions: boolean;
}

/** The usual limits: they let through what a client can sensibly ask for, and nothing that takes seconds. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  maxDepth: 12,
  maxCost: 20_000,
  maxAliases: 50,
  maxDirectives: 50,
  // Enough for 10,000 projects that are written out in the document.
  maxTokens: 100_000,
  maxFields: 2_000,
  introspection: true,
  suggestions: true,
};

/** The codes of the errors of documents that go beyond a limit. */
export const LimitCode = {
  depth: 'DEPTH_LIMIT_EXCEEDED',
  cost: 'COST_LIMIT_EXCEEDED',
  aliases: 'ALIAS_LIMIT_EXCEEDED',
  directives: 'DIRECTIVE_LIMIT_EXCEEDED',
  tokens: 'TOKEN_LIMIT_EXCEEDED',
  fields: 'FIELD_LIMIT_EXCEEDED',
} as const;

/** The error of a document that goes beyond a limit. */
export function beyondLimit(limit: keyof typeof LimitCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: LimitCode[limit] } });
}
