/** What a process offers to the one that started it. Arguments and results go through JSON. */
export type Calls = Record<string, (...args: never[]) => unknown>;

/** One call on its way. */
export interface Request {
  id: number;
  name: string;
  args: unknown[];
}

/** What it comes back with: a result, or the error. */
export interface Reply {
  id: number;
  /** As JSON. */
  result?: string;
  error?: string;
}

/** The variable that names the folder for a process's profile; it is not set where none is wanted. */
export const PROFILE_DIR = 'BENCH_PROFILE_DIR';
/** The call after whose answer the profile begins: what comes before it is start-up. */
export const OPEN = 'open';
