import { collectDefaultMetrics, Registry } from 'prom-client';
import { type BacklogOptions, publishBacklog } from './backlog.ts';
import { type ClientLevels, type PoolLevel, publishClients, publishPools } from './levels.ts';
import { OperationFigures } from './operations.ts';
import { StageFigures } from './stages.ts';

/** The figures of one service, in a registry of its own, as Prometheus reads them. */
export class Metrics {
  readonly #registry = new Registry();
  /** What the HTTP server tells of operations and events. */
  readonly operations: OperationFigures;
  /** What the engine tells of stages. */
  readonly stages: StageFigures;

  constructor() {
    // Memory, garbage collection, the delay of the event loop: under the names that dashboards know.
    collectDefaultMetrics({ register: this.#registry });
    this.operations = new OperationFigures(this.#registry);
    this.stages = new StageFigures(this.#registry);
  }

  /** Shows who is connected. Call it once. */
  showClients(levels: ClientLevels): void {
    publishClients(this.#registry, levels);
  }

  /** Shows what the pools of connections to the database do, where there are any. Call it once. */
  showPools(pools: (() => readonly PoolLevel[]) | undefined): void {
    if (pools !== undefined) {
      publishPools(this.#registry, pools);
    }
  }

  /** Shows what the database says of the work that is left. Call it once. */
  showBacklog(options: BacklogOptions): void {
    publishBacklog(this.#registry, options);
  }

  /** The media type of text(). */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All figures as of now, in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
