/** A statement in plain SQL. Its name stands for its text: no two may share one. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}
