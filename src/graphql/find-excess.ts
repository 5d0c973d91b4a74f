import type { DocumentNode, GraphQLError } from 'graphql';
import { beyondLimit, type DocumentLimits } from './document-limits.ts';
import { MANY, shapeOf } from './document-shape.ts';
import { countMerges } from './field-merges.ts';

/** How many pairs of selections may have to be merged, for each selection that a document may have. */
const MERGES_PER_FIELD = 10;

/**
 * The error of a document that goes beyond a limit; undefined where it keeps to all of them. Comes
 * before graphql's validation, some rules of which take the square of what they are given.
 */
export function findExcess(
  document: DocumentNode,
  limits: Pick<DocumentLimits, 'maxDepth' | 'maxAliases' | 'maxDirectives' | 'maxFields'>,
): GraphQLError | undefined {
  const { maxDepth, maxAliases, maxDirectives, maxFields } = limits;
  const { depth, selections, aliases, directives } = shapeOf(document);
  if (depth > maxDepth) {
    return beyondLimit('depth', `The document nests fields ${told(depth)} deep; at most ${maxDepth} are allowed.`);
  }
  if (aliases > maxAliases) {
    return beyondLimit('aliases', `The document has ${told(aliases)} aliases; at most ${maxAliases} are allowed.`);
  }
  if (directives > maxDirectives) {
    return beyondLimit(
      'directives',
      `The document has ${told(directives)} directives; at most ${maxDirectives} are allowed.`,
    );
  }
  if (selections > maxFields) {
    return beyondLimit(
      'fields',
      `The document has ${told(selections)} fields and fragments, each as often as it is spread; at most ${maxFields} are allowed.`,
    );
  }
  const maxMerges = maxFields * MERGES_PER_FIELD;
  if (countMerges(document, maxFields, maxMerges) > maxMerges) {
    return beyondLimit(
      'fields',
      `The document selects the same fields again and again: more than ${maxMerges} pairs of selections would have to be merged. Select each field once.`,
    );
  }
  return undefined;
}

function told(count: number): string {
  return count < MANY ? String(count) : 'countless';
}
