import { complexityFromQuery } from '@pothos/plugin-complexity';
import { type ExecutionArgs, getOperationAST, Kind } from 'graphql';
import type { Services } from './context.ts';
import { beyondLimit } from './document-limits.ts';
import { introspectionCost } from './introspection-cost.ts';

/**
 * What an operation costs, with its variables: about as much as there are values in the answer and
 * rows to be read for it.
 *
 * - A field costs 1, and what is inside a list costs as many times as the list may be long: the
 *   size of the page that is asked for (20 where none is), the number of ids, the number of buckets.
 * - What takes the database longer than a value of a row costs more; field-costs.ts has the prices.
 * - What is asked of the schema itself costs a tenth for each value.
 *
 * The operation has been validated, and so have its variables. 0 where the document does not have
 * the operation, which is told elsewhere.
 */
export function costOf(operation: ExecutionArgs, limits: Services['limits']): number {
  const { schema, document, operationName, variableValues } = operation;
  const chosen = getOperationAST(document, operationName);
  if (chosen == null) {
    return 0;
  }
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const { complexity } = complexityFromQuery(
    // It would take the first operation of a document.
    { kind: Kind.DOCUMENT, definitions: [chosen, ...fragments] },
    { schema, variables: { ...variableValues }, ctx: { limits } },
  );
  return complexity + introspectionCost(schema, document, chosen);
}

/** Throws COST_LIMIT_EXCEEDED for an operation that costs more than limits.maxCost. Nothing of it has run. */
export function checkCost(operation: ExecutionArgs, limits: Services['limits']): void {
  const cost = costOf(operation, limits);
  const { maxCost } = limits;
  // Not "cost > maxCost": what is no number is too much.
  if (!(cost <= maxCost)) {
    throw beyondLimit(
      'cost',
      `The operation costs ${Math.ceil(cost)}; at most ${maxCost} are allowed. Ask for smaller pages, or for less of each row.`,
    );
  }
}
