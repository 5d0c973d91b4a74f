import { setTimeout as delay } from 'node:timers/promises';
import type { WatchBatchSubscription, WatchedProjectFragment } from '../generated/gql/graphql.ts';
import { ConnectionError, request, subscribe } from './client.ts';
import { BatchProjects, WatchBatch } from './documents.ts';

/** One event of a batch that is watched. */
export type BatchEvent = WatchBatchSubscription['batchProgress'];

/** A project as the terminal shows it. */
export type WatchedProject = WatchedProjectFragment;

const MIN_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Follows a batch from its present state until it ends. After a lost connection it goes on from the
 * last event's cursor, for as long as it takes. Throws RequestError where there is no such batch.
 */
export async function* watchBatch(url: string, batchId: string): AsyncGenerator<BatchEvent, void> {
  let after: string | undefined;
  let pauseMs = MIN_PAUSE_MS;
  for (;;) {
    try {
      const variables = after === undefined ? { batchId } : { batchId, after };
      for await (const { batchProgress } of subscribe(url, WatchBatch, variables)) {
        pauseMs = MIN_PAUSE_MS;
        after = batchProgress.cursor;
        yield batchProgress;
      }
      return;
    } catch (error) {
      if (!(error instanceof ConnectionError)) {
        throw error;
      }
      await delay(pauseMs);
      pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    }
  }
}

/** Every project of a batch, in order, as they are now. Throws RequestError or ConnectionError. */
export async function listProjects(url: string, batchId: string): Promise<WatchedProject[]> {
  const projects: WatchedProject[] = [];
  let after: string | null | undefined;
  do {
    const { batch } = await request(url, BatchProjects, after == null ? { batchId } : { batchId, after });
    projects.push(...(batch?.projects.nodes.filter((project) => project !== null) ?? []));
    after = batch?.projects.pageInfo.hasNextPage === true ? batch.projects.pageInfo.endCursor : undefined;
  } while (after != null);
  return projects;
}
