/** What a stage has failed with that took too long. */
export class StageTimeout extends Error {
  override readonly name = 'StageTimeout';

  constructor(limitMs: number) {
    super(`took longer than ${limitMs / 1_000} s`);
  }
}

/** A time limit on one piece of work. Disposing of it takes the limit off. */
export interface TimeLimit extends Disposable {
  /** Aborted as the signal that was given, with its reason; or with a StageTimeout once the time is over. */
  readonly signal: AbortSignal;
}

/** Adds a limit to a signal, counted from now; in time that has passed, whatever the clock says. */
export function limitTime(outer: AbortSignal, limitMs: number): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new StageTimeout(limitMs)), limitMs);
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/**
 * Waits for work that should end when the signal is aborted. Where it has not after the grace, it
 * is let go of: this rejects with the signal's reason, `onLeft` is called, and however the work
 * ends later is nobody's.
 */
export async function untilEndOrGrace<T>(
  work: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
  onLeft: () => void,
): Promise<T> {
  const { promise: left, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const startGrace = () => {
    timer = setTimeout(() => {
      onLeft();
      reject(signal.reason);
    }, graceMs);
  };
  if (signal.aborted) {
    startGrace();
  }
  signal.addEventListener('abort', startGrace, { once: true });
  try {
    return await Promise.race([work, left]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', startGrace);
  }
}
