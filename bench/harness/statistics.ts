/** The value below which this share (0 to 1) of the values lies. Throws RangeError where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) {
    throw new RangeError('no values were measured');
  }
  return below + (above - below) * (place - Math.floor(place));
}

/** The middle value. Throws RangeError where there are none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Jain's index of fairness: 1 where all shares are equal, 1/n where one has everything. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}

/**
 * Runs each of several measurements in turn, so many times over, so that whatever else the machine
 * does meets all of them alike. Gives all values of each.
 */
export async function interleaved<Name extends string>(
  rounds: number,
  measurements: Record<Name, (round: number) => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const values: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries<(round: number) => Promise<number>>(measurements)) {
      const list = values[name] ?? [];
      values[name] = list;
      list.push(await measure(round));
    }
  }
  return values;
}
