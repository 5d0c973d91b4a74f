/** The offset of the service's clock from this one's, in milliseconds, by the Date header of its answers. */
let offsetMs = 0;

/** A Date header counts whole seconds: anything within is no difference. */
const RESOLUTION_MS = 1_500;

/** Learns from an answer, which was asked for at `askedMs`, what time it is where the work is done. */
export function learnTime(response: Response, askedMs: number): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) {
    return;
  }
  const measured = date + 500 - (askedMs + Date.now()) / 2;
  offsetMs = Math.abs(measured) < RESOLUTION_MS ? 0 : measured;
}

/** Now, by the clock of the service: times since the start of a batch are counted from there. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}
