import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** What a GraphQL operation comes back with. */
export interface Answer<Result> {
  data?: Result | null | undefined;
  errors?: readonly AnswerError[] | undefined;
}

/** One error of an operation. */
export interface AnswerError {
  message: string;
  extensions?: { code?: unknown } | undefined;
}

/**
 * Whether a value is an answer of our API to an operation: errors, or data with each field that was
 * asked for. Whatever else answers at an address that was mistyped may send any JSON.
 */
export function isAnswer<Result, Variables>(
  value: unknown,
  document: TypedDocumentNode<Result, Variables>,
): value is Answer<Result> {
  if (!isObject(value)) {
    return false;
  }
  const { errors, data } = value;
  return errors === undefined ? fitsOperation(data, document) : isErrors(errors) && (data == null || isObject(data));
}

/** Whether a value is a list of errors, with at least one. */
function isErrors(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (each) =>
        isObject(each) &&
        typeof each['message'] === 'string' &&
        (each['extensions'] === undefined || isObject(each['extensions'])),
    )
  );
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fitsOperation(data: unknown, { definitions }: TypedDocumentNode<unknown, never>): boolean {
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  const operation = definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  return (
    operation !== undefined &&
    isObject(data) &&
    fits(data, operation.selectionSet, fragments) &&
    // Only what is looked for by its id may be nowhere.
    operation.selectionSet.selections.every(
      (field) => field.kind !== Kind.FIELD || data[keyOf(field)] !== null || hasId(field),
    )
  );
}

function fits(value: unknown, { selections }: SelectionSetNode, fragments: Fragments): boolean {
  if (Array.isArray(value)) {
    return value.every((each) => each === null || fits(each, { kind: Kind.SELECTION_SET, selections }, fragments));
  }
  if (!isObject(value)) {
    return false;
  }
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) {
      const inner = value[keyOf(selection)];
      return selection.selectionSet === undefined
        ? inner !== undefined
        : inner === null || fits(inner, selection.selectionSet, fragments);
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(selection.name.value);
      return fragment !== undefined && fits(value, fragment.selectionSet, fragments);
    }
    // One for another type than came; those for interfaces hold messages only.
    const wanted = selection.typeCondition?.name.value;
    return wanted !== value['__typename'] || fits(value, selection.selectionSet, fragments);
  });
}

function keyOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}

function hasId(field: FieldNode): boolean {
  return field.arguments?.some(({ name }) => name.value === 'id') ?? false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
