import type { SqlTransaction } from '../database/access.ts';

/**
 * What the domain asks of the queue. Both calls belong to the transaction that is passed, so that
 * a project and its job become true, or not, together. Call them with the batch locked.
 */
export interface ProjectQueue {
  /** Makes jobs for waiting projects, in this order, behind what has waited longer. A project that has one keeps it. */
  enqueue(tx: SqlTransaction, projectIds: readonly string[]): Promise<void>;
  /** Makes a job for a project that has already started, ahead of all that wait; due after delayMs. */
  enqueueStarted(tx: SqlTransaction, projectId: string, delayMs: number): Promise<void>;
  /** Takes back the jobs of these projects, if they have any. */
  withdraw(tx: SqlTransaction, projectIds: readonly string[]): Promise<void>;
  /**
   * The same as a statement in plain SQL, to be part of another: takes back the jobs of the projects
   * whose ids the subquery gives.
   */
  withdrawSql(subquery: string): string;
}
