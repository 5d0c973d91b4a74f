/**
 * Reads keys in groups, each by one of its keys and all of them; gives what was found in the order of
 * the keys, as a DataLoader wants it. A group that can't be read is an error of its own keys alone.
 */
export async function inGroups<Key, Value>(
  keys: readonly Key[],
  groupOf: (key: Key) => unknown,
  read: (one: Key, keys: readonly Key[]) => Promise<readonly Value[]>,
  missing: Value,
): Promise<(Value | Error)[]> {
  const groups = new Map<unknown, { one: Key; keys: Key[]; places: number[] }>();
  for (const [place, key] of keys.entries()) {
    const name = groupOf(key);
    const group = groups.get(name) ?? { one: key, keys: [], places: [] };
    groups.set(name, group);
    group.keys.push(key);
    group.places.push(place);
  }
  const found: (Value | Error)[] = [];
  const readGroup = async (group: { one: Key; keys: Key[]; places: number[] }) => {
    const values = await read(group.one, group.keys).catch(errorOf);
    for (const [index, place] of group.places.entries()) {
      found[place] = values instanceof Error ? values : (values[index] ?? missing);
    }
  };
  await Promise.all(groups.values().map(readGroup));
  return found;
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('a read has failed', { cause: thrown });
}
