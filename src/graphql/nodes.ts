import type { Context } from './context.ts';
import type { GlobalId } from './global-ids.ts';

/** Whatever has this global id, with the name of its type; null where nothing has. */
export async function findNode({ typename, id }: Pick<GlobalId, 'id'> & { typename: string }, { loaders }: Context) {
  switch (typename) {
    case 'Batch':
      return withType(typename, await loaders.batch.load(id));
    case 'Project':
      return withType(typename, await loaders.project.load(id));
    default:
      return null;
  }
}

/** GraphQL tells the types of an interface apart by this. */
function withType<Row extends object>(typename: string, row: Row | undefined) {
  return row === undefined ? null : { ...row, __typename: typename };
}
