import { type ExecutionArgs, GraphQLError, getOperationAST, getVariableValues } from 'graphql';
import type { DocumentLimits } from './document-limits.ts';
import { MAX_ERRORS, shortened } from './shortened.ts';

/** Fields of one object: far more than any input type of the schema has. */
const MAX_OBJECT_FIELDS = 100;

/** Characters of variables from which on only the first error is told: each may quote all that was sent. */
const LARGE = 10_000;

/**
 * What is wrong with the variables of an operation, as graphql tells it when the operation runs, but
 * in time that grows with the variables alone: for each field that an object should not have graphql
 * looks for similar names, and quotes the whole object. Empty where nothing is wrong, or where the
 * document does not have the operation.
 */
export function checkVariables(
  operation: ExecutionArgs,
  limits: Pick<DocumentLimits, 'suggestions'>,
): readonly GraphQLError[] {
  const { schema, document, operationName } = operation;
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const values = { ...operation.variableValues };
  const { characters, mostFields } = measure(values);
  if (mostFields > MAX_OBJECT_FIELDS) {
    const message = `An object in the variables has ${mostFields} fields; at most ${MAX_OBJECT_FIELDS} are allowed.`;
    return [new GraphQLError(message)];
  }
  const isLarge = characters > LARGE;
  const { errors = [] } = getVariableValues(schema, definitions, values, {
    maxErrors: isLarge ? 1 : MAX_ERRORS,
    hideSuggestions: isLarge || !limits.suggestions,
  });
  return errors.map(shortened);
}

/** Goes through all values without recursion, whatever their nesting. */
function measure(variables: Readonly<Record<string, unknown>>): { characters: number; mostFields: number } {
  let characters = 0;
  let mostFields = 0;
  const left: object[] = [];
  const take = (value: unknown) => {
    if (typeof value === 'string') {
      characters += value.length;
    } else if (typeof value === 'object' && value !== null) {
      left.push(value);
    }
  };
  Object.values(variables).forEach(take);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (Array.isArray(next)) {
      next.forEach(take);
      continue;
    }
    const fields = Object.entries(next);
    mostFields = Math.max(mostFields, fields.length);
    for (const [name, value] of fields) {
      characters += name.length;
      take(value);
    }
  }
  return { characters, mostFields };
}
