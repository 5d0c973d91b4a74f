/**
 * Waits for a promise for so many milliseconds at most, then gives the fallback instead. The
 * promise goes on unwatched: its late rejection is nobody's.
 */
export async function within<T, F>(
  timeoutMs: number,
  promise: Promise<T>,
  fallback: () => F | Promise<F>,
): Promise<T | F> {
  const { promise: late, resolve } = Promise.withResolvers<typeof TIMED_OUT>();
  const timer = setTimeout(resolve, timeoutMs, TIMED_OUT);
  try {
    const first = await Promise.race([promise, late]);
    return first === TIMED_OUT ? await fallback() : first;
  } finally {
    clearTimeout(timer);
  }
}

const TIMED_OUT = Symbol('timed out');
