import { connection } from './connection.ts';

const PAUSE_MS = 1_000;

/**
 * A part of the dashboard that is loaded when it is first wanted; after the connection was lost, only
 * once the service answers again. A browser remembers for good that a module could not be had, so
 * that it must not be asked for one in vain.
 */
export function patiently<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    while (connection.isLost && !(await isThere())) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return load();
  };
}

async function isThere(): Promise<boolean> {
  try {
    return (await fetch('/health/live', { signal: connection.lostSignal })).ok;
  } catch {
    return false;
  }
}
