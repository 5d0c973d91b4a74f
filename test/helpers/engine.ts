import { EventEmitter, once } from 'node:events';
import type { BatchInput, BatchLimits } from '../../src/batches/input.ts';
import type { Database } from '../../src/database/database.ts';
import { type Engine, type EngineOptions, startEngine } from '../../src/engine/engine.ts';
import { type JobQueue, openQueue } from '../../src/engine/queue.ts';
import { createLog } from '../../src/log.ts';
import type { Stage, StageContext, StageResult } from '../../src/studio/stage.ts';
import type { Studio } from '../../src/studio/studio.ts';

export const testLog = createLog('silent');

export const testLimits: BatchLimits = {
  models: ['gemini-1.5-flash', 'gemini-1.5-pro'],
  maxProjects: 10_000,
};

/** A batch of so many projects that passes every check. */
export function batchInput(projects: number, rest: Partial<BatchInput> = {}): BatchInput {
  return {
    owner: '',
    name: 'A batch',
    geminiModel: 'gemini-1.5-flash',
    projects: Array.from({ length: projects }, (_, index) => ({
      name: `Project ${index + 1}`,
      content: 'a'.repeat(500),
    })),
    ...rest,
  };
}

/** One run of one stage. */
export interface StageRun {
  stage: Stage;
  projectId: string;
  name: string;
}

/** A studio whose stages do what the test says; it keeps a list of what ran. */
export interface ScriptedStudio extends Studio {
  /** Every run that began, in order. */
  readonly runs: StageRun[];
  /** Resolves with the next run, after this call, that fits. */
  begun(fits: (run: StageRun) => boolean): Promise<StageRun>;
  /** Resolves once so many runs have begun, counted from the first. */
  hasBegun(count: number): Promise<void>;
}

/** Makes a studio of which every stage does `act`: by default, nothing. */
export function scriptedStudio(
  act: (stage: Stage, context: StageContext) => Promise<StageResult | undefined> = async () => {},
): ScriptedStudio {
  const runs: StageRun[] = [];
  const events = new EventEmitter<{ run: [StageRun] }>();
  events.setMaxListeners(0);
  return {
    runs,
    async begun(fits) {
      for (;;) {
        const [run] = await once(events, 'run');
        if (fits(run)) {
          return run;
        }
      }
    },
    async hasBegun(count) {
      while (runs.length < count) {
        await once(events, 'run');
      }
    },
    async run(stage, context) {
      const run = { stage, projectId: context.project.id, name: context.project.name };
      runs.push(run);
      events.emit('run', run);
      return (await act(stage, context)) ?? {};
    },
    async discardWork() {},
    listWork: async () => [],
  };
}

/** Resolves when the signal aborts, by rejecting with its reason: a stage that goes on until it is told to stop. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
    }
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Opens the queue on a database, as the service does. */
export function openTestQueue(database: Database): Promise<JobQueue> {
  return openQueue({ database, log: testLog, supervise: true });
}

/** Starts a worker with short pauses. */
export function startTestEngine(
  database: Database,
  queue: JobQueue,
  studio: Studio,
  options: Partial<Omit<EngineOptions, 'database' | 'queue' | 'studio'>> = {},
): Promise<Engine> {
  return startEngine({
    database,
    queue,
    studio,
    log: testLog,
    concurrency: 2,
    stageTries: 3,
    stageTimeoutMs: 600_000,
    backoffMs: 20,
    eventRetentionDays: 30,
    shutdownGraceMs: 1_000,
    ...options,
  });
}

/** The stages of a project that ran, in order. */
export function stagesOf(studio: ScriptedStudio, projectId: string): Stage[] {
  return studio.runs.filter((run) => run.projectId === projectId).map(({ stage }) => stage);
}
