import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';

/** What a document, or a part of one, comes to with its fragments spread. */
export interface Shape {
  /** Levels of fields, one inside the other; those inside __schema and __type do not count. */
  depth: number;
  /** Fields and fragments. */
  selections: number;
  aliases: number;
  directives: number;
}

/** A definition as it is written, and the fragments that it spreads, each with the depth at which it does. */
interface Written extends Shape {
  spreads: { name: string; depth: number }[];
}

/** Larger numbers are not told apart: fragments that spread fragments can make them astronomical. */
export const MANY = 1_000_000_000;

const NOTHING: Shape = { depth: 0, selections: 0, aliases: 0, directives: 0 };

/**
 * Of all operations together, and of fragments that no operation spreads as they are written. Takes
 * time that grows with the text alone. Circular fragments count once round; telling that they are
 * wrong is left to validation.
 */
export function shapeOf(document: DocumentNode): Shape {
  const fragments = new Map<string, Written>();
  const operations: Written[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, readWritten(definition));
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      operations.push(readWritten(definition));
    }
  }
  const spread = spreadAll(fragments);
  const used = usedBy(operations, fragments);
  const parts = [
    ...operations.map((operation) => withFragments(operation, spread)),
    ...[...fragments].filter(([name]) => !used.has(name)).map(([, fragment]) => fragment),
  ];
  return parts.reduce(
    (sum: Shape, part) => ({
      depth: Math.max(sum.depth, part.depth),
      selections: Math.min(MANY, sum.selections + part.selections),
      aliases: Math.min(MANY, sum.aliases + part.aliases),
      directives: Math.min(MANY, sum.directives + part.directives),
    }),
    NOTHING,
  );
}

/** Goes through one definition without recursion, whatever its nesting. */
function readWritten(definition: OperationDefinitionNode | FragmentDefinitionNode): Written {
  const written: Written = { ...NOTHING, spreads: [] };
  for (const { directives } of [definition, ...(definition.variableDefinitions ?? [])]) {
    written.directives += directives?.length ?? 0;
  }
  const left = [{ set: definition.selectionSet, depth: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const selection of next.set.selections) {
      written.selections++;
      written.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        written.spreads.push({ name: selection.name.value, depth: next.depth });
        continue;
      }
      const depth = depthOf(selection, next.depth);
      written.depth = Math.max(written.depth, depth);
      written.aliases += selection.kind === Kind.FIELD && selection.alias !== undefined ? 1 : 0;
      if (selection.selectionSet !== undefined) {
        left.push({ set: selection.selectionSet, depth });
      }
    }
  }
  return written;
}

/** Nothing below a question for the schema counts. */
function depthOf(selection: FieldNode | InlineFragmentNode, outer: number): number {
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    return outer;
  }
  const { value } = selection.name;
  return value === '__schema' || value === '__type' ? Number.NEGATIVE_INFINITY : outer + 1;
}

/** What each fragment comes to, each reckoned once and after those that it spreads. */
function spreadAll(fragments: ReadonlyMap<string, Written>): Map<string, Shape> {
  const entered = new Set<string>();
  const done = new Map<string, Shape>();
  for (const root of fragments.keys()) {
    const path = [root];
    for (let name = path.at(-1); name !== undefined; name = path.at(-1)) {
      const fragment = fragments.get(name);
      if (fragment === undefined || done.has(name)) {
        path.pop();
      } else if (entered.has(name)) {
        done.set(name, withFragments(fragment, done));
      } else {
        entered.add(name);
        for (const spread of fragment.spreads) {
          if (!entered.has(spread.name)) {
            path.push(spread.name);
          }
        }
      }
    }
  }
  return done;
}

/** A spread of a fragment that is not reckoned yet closes a circle. */
function withFragments({ spreads, ...written }: Written, fragments: ReadonlyMap<string, Shape>): Shape {
  const shape: Shape = { ...written };
  for (const { name, depth } of spreads) {
    const fragment = fragments.get(name) ?? NOTHING;
    shape.depth = Math.max(shape.depth, depth + fragment.depth);
    shape.selections = Math.min(MANY, shape.selections + fragment.selections);
    shape.aliases = Math.min(MANY, shape.aliases + fragment.aliases);
    shape.directives = Math.min(MANY, shape.directives + fragment.directives);
  }
  return shape;
}

/** The names of the fragments that these operations spread, by way of others, too. */
function usedBy(operations: readonly Written[], fragments: ReadonlyMap<string, Written>): Set<string> {
  const used = new Set(operations.flatMap(({ spreads }) => spreads.map(({ name }) => name)));
  // A set gives what is added to it while it is gone through, too.
  for (const name of used) {
    for (const spread of fragments.get(name)?.spreads ?? []) {
      used.add(spread.name);
    }
  }
  return used;
}
