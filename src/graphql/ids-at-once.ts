import { type GraphQLSchema, isInterfaceType } from 'graphql';
import { encodeGlobalId } from './global-ids.ts';

/**
 * The same schema; the global ids of its nodes are made at once. Pothos makes a promise of each, and
 * then every row that has one is waited for.
 */
export function idsAtOnce(schema: GraphQLSchema): GraphQLSchema {
  const node = schema.getType('Node');
  for (const type of isInterfaceType(node) ? schema.getPossibleTypes(node) : []) {
    const field = type.getFields()['id'];
    if (field !== undefined) {
      field.resolve = ({ id }: { id: string }) => encodeGlobalId(type.name, id);
    }
  }
  return schema;
}
