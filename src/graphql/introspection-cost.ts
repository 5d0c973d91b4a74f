import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';

/** What a value of the schema costs: there is nothing to read for it. */
const VALUE_COST = 0.1;

/** How long a list of introspection is: at most, and on average over all types. */
interface Length {
  readonly most: number;
  readonly mean: number;
}

/** Where a selection stands: at the root of the operation, in the list of all types, or elsewhere in the schema. */
type Place = 'root' | 'types' | 'schema';

const lengthsBySchema = new WeakMap<GraphQLSchema, ReadonlyMap<string, Length>>();

/**
 * What an operation costs by what it asks of the schema (__schema and __type): a tenth for each
 * value, as many as the lists of this schema are long. A document may name each list only once and
 * still ask for millions of values. It has to be valid, and to keep to the limit of selections.
 */
export function introspectionCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): number {
  const lengths = lengthsBySchema.get(schema) ?? measureLengths(schema);
  lengthsBySchema.set(schema, lengths);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const valuesIn = (selections: readonly SelectionNode[] | undefined, place: Place): number =>
    selections?.reduce((sum, selection) => sum + valuesOf(selection, place), 0) ?? 0;
  const valuesOf = (selection: SelectionNode, place: Place): number => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return valuesIn(selection.selectionSet.selections, place);
    }
    const name = selection.name.value;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return valuesIn(fragments.get(name)?.selectionSet.selections, place);
    }
    if (place === 'root' && name !== '__schema' && name !== '__type') {
      return 0;
    }
    const { most, mean } = lengths.get(name) ?? { most: 1, mean: 1 };
    const inside = valuesIn(selection.selectionSet?.selections, name === 'types' ? 'types' : 'schema');
    return 1 + inside * (place === 'types' ? mean : most);
  };
  return valuesIn(operation.selectionSet.selections, 'root') * VALUE_COST;
}

function measureLengths(schema: GraphQLSchema): ReadonlyMap<string, Length> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = composite.map((type) => Object.values(type.getFields()));
  const counts: Record<string, readonly number[]> = {
    types: [types.length],
    directives: [directives.length],
    fields: fields.map((each) => each.length),
    args: [...fields.flat(), ...directives].map(({ args }) => args.length),
    interfaces: composite.map((type) => type.getInterfaces().length),
    possibleTypes: types.filter(isAbstractType).map((type) => schema.getPossibleTypes(type).length),
    enumValues: types.filter(isEnumType).map((type) => type.getValues().length),
    inputFields: types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()).length),
  };
  return new Map(
    Object.entries(counts).map(([name, each]) => {
      const sum = each.reduce((total, count) => total + count, 0);
      return [name, { most: Math.max(0, ...each), mean: sum / types.length }];
    }),
  );
}
