import { createBatch } from '../../src/batches/create.ts';
import type { Database } from '../../src/database/database.ts';
import { type Engine, startEngine } from '../../src/engine/engine.ts';
import { type JobQueue, openQueue } from '../../src/engine/queue.ts';
import { createLog } from '../../src/log.ts';
import { idleStudio, type StageTimes } from './idle-studio.ts';

const log = createLog('error');
const CONTENT = 'A sentence. '.repeat(50);

/** The service's queue on a database. */
export function openOwnQueue(database: Database): Promise<JobQueue> {
  return openQueue({ database, log, supervise: true });
}

/** The service's engine with stages that do nothing. */
export function startIdleEngine(
  database: Database,
  queue: JobQueue,
  concurrency: number,
  onStage: (times: StageTimes) => void,
): Promise<Engine> {
  return startEngine({
    database,
    queue,
    studio: idleStudio(onStage),
    log,
    concurrency,
    stageTries: 1,
    stageTimeoutMs: 600_000,
    eventRetentionDays: 30,
    shutdownGraceMs: 1_000,
  });
}

/** Creates a batch of so many projects, all of its name; gives its UUID. */
export async function createNamed(database: Database, queue: JobQueue, name: string, size: number): Promise<string> {
  const projects = Array.from({ length: size }, () => ({ name, content: CONTENT }));
  const limits = { models: ['gemini-1.5-flash'], maxProjects: 100_000 };
  const input = { owner: '', name, geminiModel: 'gemini-1.5-flash', projects };
  return (await createBatch(database, queue, limits, input)).batch.id;
}
