/** A whole number from the environment: how much a fault test does, so that a check of every change can take less. */
export function countOf(variable: `FAULT_${string}`, preset: number): number {
  const given = process.env[variable];
  const count = Number(given || preset);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new Error(`${variable}: expected a whole number from 1, got '${given}'`);
  }
  return count;
}
