import { useEffect, useState } from 'react';
import { serverNow } from '../api/server-clock.ts';
import { useFormats } from '../text/format.ts';

/** How long something has taken: until `to`, or until now, and then on and on. A dash where it has not begun. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const { duration } = useFormats();
  const now = useNow(from !== null && to === null);
  if (from === null) {
    return '–';
  }
  const ms = (to === null ? now : Date.parse(to)) - Date.parse(from);
  return <time dateTime={`PT${Math.max(0, Math.floor(ms / 1000))}S`}>{duration(ms)}</time>;
}

/** The time by the service's clock, again each second for as long as that is wanted. */
function useNow(ticks: boolean): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (!ticks) {
      return;
    }
    setNow(serverNow());
    const timer = setInterval(() => setNow(serverNow()), 1_000);
    return () => clearInterval(timer);
  }, [ticks]);
  return now;
}
