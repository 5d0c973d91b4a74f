/** The instant of a date and time where the reader is (2026-11-22T10:00); undefined where it is none. */
export function instantOf(local: string): Date | undefined {
  const instant = new Date(local);
  return local === '' || Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** The reader's time zone by its name and by its offset at that instant: "Asia/Taipei, GMT+8". */
export function zoneAt(instant: Date, tag: string): string {
  const { timeZone } = new Intl.DateTimeFormat(tag).resolvedOptions();
  const offset = new Intl.DateTimeFormat(tag, { timeZoneName: 'shortOffset' })
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return offset === undefined || offset === timeZone ? timeZone : `${timeZone}, ${offset}`;
}
