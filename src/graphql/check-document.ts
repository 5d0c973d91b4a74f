import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from 'graphql';
import { checkVariables, declaredVariables } from './check-variables.ts';
import type { Services } from './context.ts';
import { checkCost } from './cost.ts';
import type { DocumentLimits } from './document-limits.ts';
import { findExcess } from './find-excess.ts';
import { isLargeDocument, withoutOverflow } from './parse-document.ts';
import { withCode } from './report-errors.ts';
import { MAX_ERRORS, shortened } from './shortened.ts';

/**
 * What is wrong with a document: the limit that it goes beyond, or else what graphql's validation
 * finds. Empty where it may run.
 */
export function checkDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: DocumentLimits,
): readonly GraphQLError[] {
  const excess = findExcess(document, limits);
  if (excess !== undefined) {
    return [excess];
  }
  const rules = limits.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const isLarge = isLargeDocument(document);
  return refusals(() =>
    validate(schema, document, rules, {
      // Each may quote the whole document, and look for names similar to one as long as that.
      maxErrors: isLarge ? 1 : MAX_ERRORS,
      hideSuggestions: isLarge || !limits.suggestions,
    })
      .map((error) => (limits.suggestions ? error : withoutSuggestion(error)))
      .map(shortened),
  );
}

/**
 * What is wrong with an operation of a document that was found to be right: with its variables, or
 * else with what it costs. Empty where it may run.
 */
export function checkOperation(args: ExecutionArgs, limits: Services['limits']): readonly GraphQLError[] {
  return refusals(() => {
    const operation = { ...args, variableValues: declaredVariables(args) };
    const errors = checkVariables(operation, limits);
    if (errors.length === 0) {
      checkCost(operation, limits);
    }
    return errors;
  }).map(withCode);
}

/** One rule of graphql's makes a suggestion whatever it is told: for a field without the selection that it needs. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean ".*\?$/s, '');
  return message === error.message ? error : new GraphQLError(message, { nodes: error.nodes });
}

/** The errors that a check finds, and the one that it may throw. */
function refusals(check: () => readonly GraphQLError[]): readonly GraphQLError[] {
  try {
    return withoutOverflow(check);
  } catch (error) {
    if (error instanceof GraphQLError) {
      return [error];
    }
    throw error;
  }
}
