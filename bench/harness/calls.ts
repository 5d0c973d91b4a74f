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
