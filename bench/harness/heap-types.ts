import { text } from 'node:stream/consumers';
import { getHeapSnapshot } from 'node:v8';

/** Bytes by kind of object: the name of its class where it has one, else what V8 calls it. */
export type HeapTypes = Record<string, number>;

/** What stands in a heap snapshot, as far as it is read here. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
}

/** Kinds of which the name says who made it; of all others it would be their content. */
const NAMED = ['object', 'closure', 'native'];

/** What the heap of this process holds, after its rubbish has been taken away. */
export async function heapTypes(): Promise<HeapTypes> {
  const { snapshot, nodes, strings }: Snapshot = JSON.parse(await text(getHeapSnapshot()));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt, sizeAt] = ['type', 'name', 'self_size'].map((name) => fields.indexOf(name));
  const sizes: HeapTypes = {};
  for (let at = 0; at < nodes.length; at += fields.length) {
    const type = types[0][nodes[at + (typeAt ?? 0)] ?? 0] ?? '';
    const name = NAMED.includes(type) ? ` ${strings[nodes[at + (nameAt ?? 0)] ?? 0]}` : '';
    const key = type + name;
    sizes[key] = (sizes[key] ?? 0) + (nodes[at + (sizeAt ?? 0)] ?? 0);
  }
  return sizes;
}

/** The kinds that have grown most, as text: so many bytes for each of `count` things. */
export function growthOf(before: HeapTypes, after: HeapTypes, count: number, most: number): string {
  const grown = Object.entries(after).map(([key, size]) => ({ key, each: (size - (before[key] ?? 0)) / count }));
  return grown
    .sort((a, b) => b.each - a.each)
    .slice(0, most)
    .map(({ key, each }) => `${key} ${Math.round(each)} B`)
    .join(', ');
}
