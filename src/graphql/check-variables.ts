import { type ExecutionArgs, GraphQLError, getOperationAST, getVariableValues } from 'graphql';
import type { DocumentLimits } from './document-limits.ts';
import { MAX_ERRORS, shortened } from './shortened.ts';

/** Fields of one object: far more than any input type of the schema has. */
const MAX_OBJECT_FIELDS = 100;

/** Characters of variables from which on only the first error is told: each may quote all that was sent. */
const LARGE = 10_000;

/** The variables of an operation without those that it does not declare: there may be any number of these. */
export function declaredVariables({ document, operationName, variableValues }: ExecutionArgs): Record<string, unknown> {
  const declared = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const given = variableValues ?? {};
  const names = declared.map(({ variable }) => variable.name.value).filter((name) => Object.hasOwn(given, name));
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}

/**
 * What is wrong with the variables of an operation, as graphql tells it when the operation runs, but
 * in time that grows with the variables alone: for each field that an object should not have graphql
 * looks for similar names, and quotes the whole object. Empty where nothing is wrong, or where the
 * document does not have the operation. Takes declared variables only.
 */
export function checkVariables(
  operation: ExecutionArgs,
  limits: Pick<DocumentLimits, 'suggestions'>,
): readonly GraphQLError[] {
  const { schema, document, operationName } = operation;
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const values = operation.variableValues ?? {};
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

/** Goes through all values without recursion, whatever their nesting, and up to the first object with too many fields. */
function measure(variables: Readonly<Record<string, unknown>>): { characters: number; mostFields: number } {
  let characters = 0;
  let mostFields = 0;
  const left: object[] = [];
  const takeText = (text: string) => {
    characters += text.length;
  };
  const take = (value: unknown) => {
    if (typeof value === 'string') {
      takeText(value);
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
    const names = Object.keys(next);
    mostFields = Math.max(mostFields, names.length);
    if (mostFields > MAX_OBJECT_FIELDS) {
      break;
    }
    names.forEach(takeText);
    Object.values(next).forEach(take);
  }
  return { characters, mostFields };
}
