import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import type { Run } from '../../src/batches/claim.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import {
  failRun,
  finishStage,
  loseRun,
  postponeRun,
  releaseRun,
  reportFraction,
  startStage,
} from '../../src/batches/run.ts';
import { OPEN, STAGE_STATUSES } from '../../src/batches/states.ts';
import type { ProjectStatus } from '../../src/database/models.ts';
import { enqueueAbandoned, enqueueWaiting } from '../../src/engine/reconcile.ts';
import { DomainError } from '../../src/errors.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { type Domain, type HandWorker, openDomain } from './domain.ts';
import {
  type BatchView,
  eventsAfter,
  expectTrueNumbers,
  expectTrueQueue,
  expectTrueStep,
  isRunning,
  type ProjectView,
  viewOf,
} from './model.ts';
import { Subscriber } from './subscriber.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 40);
/** However slow the machine, both properties together take less than half a minute. */
const TIME_LIMIT_MS = Number(process.env['FC_TIME_LIMIT_MS'] ?? 12_000);
const MINUTES_MS = 600_000;

const STATUSES: readonly ProjectStatus[] = [
  'INITIALIZED',
  ...STAGE_STATUSES.flatMap(({ working, done }) => [working, done]),
  'FAILED',
  'CANCELLED',
];

/** Which of what there is: taken modulo their number when it comes to it. */
const which = fc.nat({ max: 11 });
const stepKinds = ['start', 'report', 'finish', 'fail', 'postpone', 'postponeLong', 'release', 'lose'] as const;

const steps = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), batch: which, project: which, worker: which }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constantFrom(...stepKinds, 'start' as const, 'finish' as const, 'finish' as const),
      run: which,
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const),
      batch: which,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('retry' as const), batch: which, only: fc.option(which) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('die' as const, 'revive' as const), worker: which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconcile' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('read' as const, 'reconnect' as const), batch: which }) },
);

const rawSteps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('rawStatus' as const),
      batch: which,
      project: which,
      status: fc.constantFrom(...STATUSES),
      everywhere: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rawFraction' as const),
      batch: which,
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rawMark' as const),
      batch: which,
      set: fc.constantFrom(
        'cancelled_at = now()',
        'cancelled_at = NULL',
        'paused_at = now()',
        'paused_at = NULL',
        'failure_limit = 1',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rawInsert' as const), batch: which }) },
);

type Step =
  | (typeof steps extends fc.Arbitrary<infer T> ? T : never)
  | (typeof rawSteps extends fc.Arbitrary<infer T> ? T : never);

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) {
    throw new Error('nothing to choose from');
  }
  return found;
}

/** One run of the property: some batches, two workers and what they hold or held. */
class Interleaving {
  readonly #domain: Domain;
  readonly #workers: HandWorker[];
  readonly #subscribers: Subscriber[];
  readonly #dead = new Set<string>();
  /** Every run that ever was, lost ones too. */
  readonly #runs: Run[] = [];
  #views: BatchView[];
  /** Until something happens that the queue is not told of, it must hold exactly what it should. */
  #isQueueTold = true;

  constructor(domain: Domain, workers: HandWorker[], subscribers: Subscriber[], views: BatchView[]) {
    this.#domain = domain;
    this.#workers = workers;
    this.#subscribers = subscribers;
    this.#views = views;
  }

  async take(step: Step): Promise<void> {
    const before = this.#views;
    await this.#perform(step);
    this.#views = await this.#look();
    for (const [index, after] of this.#views.entries()) {
      const was = at(before, index);
      expectTrueNumbers(after);
      expectTrueStep(was, after, await eventsAfter(this.#domain.db, after.id, was.version));
      if (this.#isQueueTold) {
        expectTrueQueue(after);
      }
    }
  }

  /** Everything has been seen by those who watched, and everything that is left to do has a job. */
  async end(): Promise<void> {
    for (const subscriber of this.#subscribers) {
      await subscriber.catchUp();
      await subscriber.expectAllSeenOnce();
    }
    const { database, queue } = this.#domain;
    await enqueueWaiting(database, queue);
    await enqueueAbandoned(database, queue);
    for (const { status, projects } of await this.#look()) {
      for (const project of projects) {
        const waits = project.status === 'INITIALIZED' && (OPEN.includes(status) || status === 'CANCELLED');
        const isFree = isRunning(project.status) && project.isDue && !this.#isHeld(project);
        expect(project.hasJob || !(waits || isFree), `${project.status} in ${status}`).toBe(true);
      }
    }
  }

  #look(): Promise<BatchView[]> {
    return Promise.all(this.#views.map(({ id }) => viewOf(this.#domain.db, id)));
  }

  #isHeld({ workerId }: ProjectView): boolean {
    return workerId !== null && !this.#dead.has(workerId);
  }

  async #perform(step: Step): Promise<void> {
    const { database, queue, db } = this.#domain;
    switch (step.kind) {
      case 'claim':
        return this.#claim(at(this.#views, step.batch), step.project, at(this.#workers, step.worker));
      case 'pause':
      case 'resume':
      case 'cancel': {
        const control = { pause: pauseBatch, resume: resumeBatch, cancel: cancelBatch }[step.kind];
        return allow(control(database, queue, at(this.#views, step.batch).id, EVERYBODYS));
      }
      case 'retry': {
        const { id, projects } = at(this.#views, step.batch);
        const only = step.only === null ? undefined : [at(projects, step.only).id];
        return allow(retryBatch(database, queue, id, EVERYBODYS, only));
      }
      case 'die':
      case 'revive': {
        const { id } = at(this.#workers, step.worker);
        const age = step.kind === 'die' ? '1 minute' : '-50 seconds';
        await db.sql(`UPDATE workers SET seen_at = now() - $2::interval WHERE id = $1`, [id, age]);
        this.#dead[step.kind === 'die' ? 'add' : 'delete'](id);
        return;
      }
      case 'reconcile':
        await enqueueWaiting(database, queue);
        await enqueueAbandoned(database, queue);
        this.#isQueueTold = false;
        return;
      case 'read':
        return at(this.#subscribers, step.batch).readNewest();
      case 'reconnect':
        return at(this.#subscribers, step.batch).reconnect();
      case 'rawStatus': {
        const { id, projects } = at(this.#views, step.batch);
        const ids = step.everywhere ? this.#views.map((view) => view.id) : [id];
        const position = step.everywhere ? -1 : at(projects, step.project).position;
        return this.#raw(
          `UPDATE projects SET status = $3::project_status, progress = CASE WHEN $3::project_status IN ('FAILED', 'CANCELLED') THEN progress ELSE 3 END
           WHERE batch_id = ANY ($1::uuid[]) AND $2 IN (position, -1)`,
          [ids, position, step.status],
        );
      }
      case 'rawFraction':
        return this.#raw('UPDATE projects SET fraction = $2 WHERE batch_id = $1', [
          at(this.#views, step.batch).id,
          step.fraction,
        ]);
      case 'rawMark':
        return this.#raw(`UPDATE batches SET ${step.set} WHERE id = $1`, [at(this.#views, step.batch).id]);
      case 'rawInsert':
        return this.#raw(
          `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
           SELECT gen_random_uuid(), $1, max(position) + 1, 'by hand', 'x', 'm' FROM projects WHERE batch_id = $1`,
          [at(this.#views, step.batch).id],
        );
      default:
        return this.#stepOfRun(step.kind, step.run, step.fraction);
    }
  }

  async #raw(text: string, values: unknown[]): Promise<void> {
    this.#isQueueTold = false;
    await this.#domain.db.sql(text, values);
  }

  /** A claim is allowed exactly where the rules of control say so. */
  async #claim(batch: BatchView, index: number, worker: HandWorker): Promise<void> {
    const project = at(batch.projects, index);
    // The engine claims what it has a job for; without one it is as if plain SQL had taken the job.
    this.#isQueueTold &&= project.hasJob && project.isDue;
    const isFree = isRunning(project.status) && project.isDue && !this.#isHeld(project);
    const waits = project.status === 'INITIALIZED';
    const mayRun = (waits && OPEN.includes(batch.status)) || (isFree && !batch.isCancelled);
    const claimed = await worker.claim(project.id);
    expect(claimed !== undefined).toBe(mayRun);
    if (claimed !== undefined) {
      this.#runs.push(claimed.run);
      expect(claimed.run.claim).toBe(project.claim + 1);
      const stage = at(STAGE_STATUSES, Math.min(project.stagesDone, 4));
      expect(claimed.status).toBe(waits ? stage.working : project.status);
    }
  }

  /** A run may write while it is the newest and its project still runs; a lost one changes nothing. */
  async #stepOfRun(kind: (typeof stepKinds)[number], index: number, fraction: number): Promise<void> {
    if (this.#runs.length === 0) {
      return;
    }
    // The newest first: lost runs are many.
    const run = at(this.#runs.toReversed(), index);
    const find = (views: BatchView[]) =>
      views.flatMap(({ projects }) => projects).find(({ id }) => id === run.projectId);
    const project = find(this.#views);
    if (project === undefined) {
      return;
    }
    const { database, queue } = this.#domain;
    const { stage } = at(STAGE_STATUSES, Math.min(project.stagesDone, 4));
    await {
      start: () => startStage(database, run, stage),
      report: () => reportFraction(database, run, fraction),
      finish: () => finishStage(database, run, stage, { videoUrl: '/v.mp4' }),
      fail: () => failRun(database, run, stage, 'broken'),
      postpone: () => postponeRun(database, queue, run, 0),
      postponeLong: () => postponeRun(database, queue, run, MINUTES_MS),
      release: () => releaseRun(database, queue, run),
      lose: () => loseRun(database, queue, run),
    }[kind]();
    const isLost = project.claim !== run.claim || project.workerId !== run.workerId || !isRunning(project.status);
    if (isLost) {
      expect(find(await this.#look())).toEqual(project);
    }
  }
}

/** A control that the state does not allow is an answer like any other. */
async function allow(control: Promise<unknown>): Promise<void> {
  try {
    await control;
  } catch (error) {
    if (!(error instanceof DomainError)) {
      throw error;
    }
  }
}

const batches = fc.array(
  fc.record({ projects: fc.integer({ min: 1, max: 4 }), failureLimit: fc.option(fc.nat({ max: 2 })) }),
  {
    minLength: 1,
    maxLength: 2,
  },
);

test.each([
  ['the service itself', fc.array(steps, { minLength: 20, maxLength: 60 })],
  [
    'the service and plain SQL',
    fc.array(fc.oneof({ weight: 5, arbitrary: steps }, { weight: 1, arbitrary: rawSteps }), {
      minLength: 20,
      maxLength: 60,
    }),
  ],
])(
  'whatever happens in whatever order, the numbers are true and the stream has no gap: %s',
  { timeout: 180_000 },
  async (_who, history) => {
    await using domain = await openDomain();
    await using feed = await openFeed({ database: domain.database, pollMs: 60_000 });
    await fc.assert(
      fc.asyncProperty(batches, history, async (made, taken: Step[]) => {
        const workers = await Promise.all([domain.worker(), domain.worker()]);
        // Alive until a step says otherwise, however slow the machine is.
        await domain.db.sql(`UPDATE workers SET seen_at = now() + interval '50 seconds'`);
        const created = await Promise.all(
          made.map(({ projects, failureLimit }) => domain.create(projects, { failureLimit })),
        );
        const subscribers = created.map(({ id, version }) => new Subscriber(feed, domain.db, id, version));
        try {
          const views = await Promise.all(created.map(({ id }) => viewOf(domain.db, id)));
          const interleaving = new Interleaving(domain, workers, subscribers, views);
          for (const step of taken) {
            await interleaving.take(step);
          }
          await interleaving.end();
        } finally {
          await Promise.all(subscribers.map((subscriber) => subscriber.close()));
          await domain.db.sql('DELETE FROM batches');
          await domain.db.sql('DELETE FROM pgboss.job');
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS, seed: Number(process.env['FC_SEED'] ?? Date.now()) },
    );
  },
);
