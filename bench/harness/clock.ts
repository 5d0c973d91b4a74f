/** Milliseconds of the clock that all processes of the machine share, and that is never set. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** How long something took, in milliseconds. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedMs = nowMs();
  await action();
  return nowMs() - startedMs;
}

/** What a promise gives, if it does so in time. Throws where it does not. */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
