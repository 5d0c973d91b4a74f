import { validate as isUuid } from 'uuid';

/** The types that have global ids, and how their ids begin. */
const PREFIXES = { Batch: 'batch_', Project: 'project_' } as const;

/** A type that can be fetched by its global id. */
export type NodeType = keyof typeof PREFIXES;

/** A global id, taken apart. */
export interface GlobalId {
  /** Name of the type; empty for an id that is none of ours. */
  readonly typename: NodeType | '';
  /** UUID in lower case. */
  readonly id: string;
}

/** The global id of a row: batch_<uuid>. Throws RangeError for a type that has none. */
export function encodeGlobalId(typename: string, uuid: string | number | bigint): string {
  if (!isNodeType(typename)) {
    throw new RangeError(`${typename} has no global ids`);
  }
  return `${PREFIXES[typename]}${uuid}`;
}

/** Takes a global id apart. Never throws. */
export function decodeGlobalId(globalId: string): GlobalId {
  for (const typename of ['Batch', 'Project'] as const) {
    const id = uuidOf(typename, globalId);
    if (id !== undefined) {
      return { typename, id };
    }
  }
  return { typename: '', id: globalId };
}

/** The UUID in a global id of this type; undefined where it is malformed or of another type. */
export function uuidOf(typename: NodeType, globalId: string): string | undefined {
  const prefix = PREFIXES[typename];
  const uuid = globalId.slice(prefix.length).toLowerCase();
  return globalId.startsWith(prefix) && isUuid(uuid) ? uuid : undefined;
}

function isNodeType(typename: string): typename is NodeType {
  return Object.hasOwn(PREFIXES, typename);
}
