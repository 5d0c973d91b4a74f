/** The SQLSTATE of an error. */
export function sqlStateOf(_error: unknown): string | undefined { return undefined; }
