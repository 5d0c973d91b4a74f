import { Counter, Histogram, type Registry } from 'prom-client';

/** How an operation came in, what it was, and how it went. */
export interface OperationLabels {
  transport: 'http' | 'websocket' | 'sse';
  /** Unknown where it was refused before it was known what it was. */
  kind: 'query' | 'mutation' | 'subscription' | 'unknown';
  /** Refused for a mistake or a limit of the caller's; failed for a reason of the service's own. */
  outcome: 'ok' | 'refused' | 'failed';
}

const OPERATION_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DELAY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is known of operations and of the events of subscriptions. Times are in seconds. */
export class OperationFigures {
  readonly #operations: Counter<keyof OperationLabels>;
  readonly #seconds: Histogram<'transport' | 'kind'>;
  readonly #errors: Counter<'code'>;
  readonly #delay: Histogram;
  /** Events are too many to be more than a number each. */
  #events = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#operations = new Counter({
      name: 'showrunner_operations_total',
      help: 'GraphQL operations that were answered, and subscriptions that were begun or refused.',
      labelNames: ['transport', 'kind', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'showrunner_operation_duration_seconds',
      help: 'Time from the arrival of a GraphQL operation to its result, or to the begin of its subscription.',
      labelNames: ['transport', 'kind'],
      buckets: OPERATION_SECONDS,
      registers,
    });
    this.#errors = new Counter({
      name: 'showrunner_errors_total',
      help: 'Errors that clients were told of, by their code; top-level ones and those that are data.',
      labelNames: ['code'],
      registers,
    });
    this.#delay = new Histogram({
      name: 'showrunner_event_delay_seconds',
      help: 'Age of the oldest change in an event of batchProgress when it is handed to its connection, from the time that the database gave the change.',
      buckets: DELAY_SECONDS,
      registers,
    });
    const events = () => this.#events;
    new Counter({
      name: 'showrunner_events_total',
      help: 'Results of subscriptions that were handed to their connections.',
      registers,
      collect() {
        this.reset();
        this.inc(events());
      },
    });
  }

  /** An operation was answered, or its subscription begun. */
  answered(labels: OperationLabels, seconds: number): void {
    const { transport, kind } = labels;
    this.#operations.inc(labels);
    this.#seconds.observe({ transport, kind }, seconds);
  }

  /** A client was told of an error. The code is one of a fixed set. */
  erred(code: string): void {
    this.#errors.inc({ code });
  }

  /** A subscriber was sent an event; with the age of its oldest change, where it goes on from one before. */
  sent(delaySeconds: number | undefined): void {
    this.#events++;
    if (delaySeconds !== undefined) {
      this.#delay.observe(delaySeconds);
    }
  }
}
