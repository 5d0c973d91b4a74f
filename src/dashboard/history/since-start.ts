/** Milliseconds from the start of a batch to an event; undefined for what came before it. */
export function sinceStartMs(startedAt: string | null, at: string): number | undefined {
  const ms = startedAt === null ? -1 : Date.parse(at) - Date.parse(startedAt);
  return ms < 0 ? undefined : ms;
}
