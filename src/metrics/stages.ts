import { Counter, Histogram, type Registry } from 'prom-client';

const STAGE_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800];

/** How one run of a stage went: aborted for a cancel, a stop or a lost claim. */
export type StageOutcome = 'finished' | 'failed' | 'aborted';

/** What is known of the stages that this process runs. Times are in seconds. */
export class StageFigures {
  readonly #seconds: Histogram<'stage' | 'outcome'>;
  readonly #retries: Counter<'stage'>;
  readonly #lost: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#seconds = new Histogram({
      name: 'showrunner_stage_duration_seconds',
      help: 'Time that one run of a stage took, by how it ended.',
      labelNames: ['stage', 'outcome'],
      buckets: STAGE_SECONDS,
      registers,
    });
    this.#retries = new Counter({
      name: 'showrunner_stage_retries_total',
      help: 'Runs of stages that failed and are tried again after a pause.',
      labelNames: ['stage'],
      registers,
    });
    this.#lost = new Counter({
      name: 'showrunner_leases_lost_total',
      help: 'Projects that this process took over from a worker that had died, or found that it held and did not run.',
      registers,
    });
  }

  /** Shows these stages from now on, also where none has run yet: what appears only later seems not to have grown. */
  expect(stages: readonly string[]): void {
    for (const stage of stages) {
      this.#retries.inc({ stage }, 0);
      for (const outcome of ['finished', 'failed', 'aborted']) {
        this.#seconds.zero({ stage, outcome });
      }
    }
  }

  /** One run of a stage is over. */
  ended(stage: string, outcome: StageOutcome, seconds: number): void {
    this.#seconds.observe({ stage, outcome }, seconds);
  }

  /** A stage that failed will be tried again. */
  retried(stage: string): void {
    this.#retries.inc({ stage });
  }

  /** The worker that held a project had died. */
  leaseLost(): void {
    this.#lost.inc();
  }
}
