/** A statement in plain SQL. */
export interface Statement {
  /** Stands for the text, so that it is prepared once: no two may share one. Without a name it is parsed each time. */
  readonly name?: string | undefined;
  readonly text: string;
}
