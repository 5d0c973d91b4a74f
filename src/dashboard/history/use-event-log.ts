import { useEffect, useState, useSyncExternalStore } from 'react';
import { throttle } from '../api/throttle.ts';
import type { EventLog, EventLogState } from './event-log.ts';

/** How often a history is asked for what is new at most, however much happens. */
const CATCH_UP_MS = 1_000;

/** What is known of a history, which is asked for more each time that the version of what it is about has grown. */
export function useEventLog<Event>(log: EventLog<Event>, version: number | undefined): EventLogState<Event> {
  const [catchUp] = useState(() => throttle(CATCH_UP_MS, () => void log.catchUp()));
  useEffect(() => {
    if (version !== undefined) {
      catchUp();
    }
  }, [catchUp, version]);
  useEffect(() => catchUp.cancel, [catchUp]);
  return useSyncExternalStore(log.listen, log.get);
}
