import type pg from 'pg';

/** One pool of connections at a moment. */
export interface PoolState {
  name: 'main' | 'operations';
  /** Connections that there are, and that it may have. */
  size: number;
  max: number;
  /** Those of `size` that nobody uses. */
  idle: number;
  /** Who waits for one. */
  waiting: number;
}

/** What a pool is doing. */
export function poolStateOf(
  name: PoolState['name'],
  { options, totalCount, idleCount, waitingCount }: pg.Pool,
): PoolState {
  return { name, size: totalCount, max: options.max, idle: idleCount, waiting: waitingCount };
}
