/** A statement in plain SQL. */
export interface Statement {
  /** Stands for the text, so that it is prepared once: no two may share one. Without a name it is parsed each time. */
  readonly name?: string | undefined;
  readonly text: string;
  /**
   * Planned each time where the tables have statistics, which is on PostgreSQL: one that joins by ids,
   * and was planned when the tables were small, would go through all of them when they are large, until
   * they are analyzed anew.
   */
  readonly isReplanned?: boolean;
}
