import { useEffect, useEffectEvent } from 'react';
import { serverNow } from '../api/server-clock.ts';
import { validUntilMs } from './file-url.ts';

/** So long before the address of a file ends, another one is asked for. */
const BEFORE_MS = 10 * 60_000;
const CHECK_MS = 60_000;

/** Asks for the addresses of a project's files again before they end, however long the page is open. */
export function useFreshFiles(url: string | null, reload: () => void): void {
  const untilMs = url === null ? undefined : validUntilMs(url);
  const check = useEffectEvent(() => {
    if (untilMs !== undefined && untilMs - serverNow() < BEFORE_MS) {
      reload();
    }
  });
  const ends = untilMs !== undefined;
  useEffect(() => {
    if (!ends) {
      return;
    }
    const over = new AbortController();
    const timer = setInterval(check, CHECK_MS);
    // Timers stand still while a machine sleeps.
    document.addEventListener('visibilitychange', () => check(), { signal: over.signal });
    return () => {
      over.abort();
      clearInterval(timer);
    };
  }, [ends]);
}
