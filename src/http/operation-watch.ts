import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../errors.ts';
import { failed } from '../tracing/span.ts';
import { codeLabel, isFailure } from './error-codes.ts';
import type { Incoming } from './incoming.ts';

/** How an operation came in, what it was, and how it went. */
export interface OperationKind {
  transport: 'http' | 'websocket' | 'sse';
  kind: 'query' | 'mutation' | 'subscription' | 'unknown';
  outcome: 'ok' | 'refused' | 'failed';
}

/** Who keeps figures of operations; see src/metrics/operations.ts. */
export interface OperationMetrics {
  answered(operation: OperationKind, seconds: number): void;
  erred(code: string): void;
  sent(delaySeconds: number | undefined): void;
}

/** What is told of one operation. */
export interface Answered extends Pick<Incoming, 'arrivedMs' | 'traced'> {
  transport: OperationKind['transport'];
  errors: readonly Pick<GraphQLFormattedError, 'extensions'>[] | undefined;
}

/** Tells of operations as they end: figures in a few words, and the trace that one belongs to. */
export class OperationWatch {
  readonly #metrics: OperationMetrics | undefined;

  /** Without anybody who keeps figures it does nothing. */
  constructor(metrics: OperationMetrics | undefined) {
    this.#metrics = metrics;
  }

  /** An operation was answered, its subscription begun, or it was refused. */
  answered({ transport, arrivedMs, traced, errors }: Answered): void {
    const outcome = errors === undefined ? 'ok' : errors.some(isFailure) ? 'failed' : 'refused';
    const seconds = (performance.now() - arrivedMs) / 1_000;
    const kind = traced.kind ?? 'unknown';
    endSpan(traced, { transport, kind, outcome }, errors);
    this.#metrics?.answered({ transport, kind, outcome }, seconds);
    this.#count(errors);
  }

  /** A subscription sends a result. `changedAtMs` is the time of its oldest change, if it tells of changes. */
  sent(errors: Answered['errors'], changedAtMs: number | undefined): void {
    if (this.#metrics === undefined) {
      return;
    }
    // The clocks of the database and of this machine may differ a little.
    this.#metrics.sent(changedAtMs === undefined ? undefined : Math.max(Date.now() - changedAtMs, 0) / 1_000);
    this.#count(errors);
  }

  /** A mistake was returned as data. */
  mistaken(code: ErrorCode): void {
    this.#metrics?.erred(code);
  }

  #count(errors: Answered['errors']): void {
    for (const error of errors ?? []) {
      this.#metrics?.erred(codeLabel(error.extensions?.['code']));
    }
  }
}

/** A subscription may last for days, and a span is seen when it ends: it tells how the subscription began. */
function endSpan({ span, operation }: Answered['traced'], of: OperationKind, errors: Answered['errors']): void {
  if (span?.isRecording() !== true) {
    return;
  }
  span.updateName(operation ?? 'graphql');
  span.setAttributes({
    'showrunner.transport': of.transport,
    'graphql.operation.type': of.kind,
    'showrunner.outcome': of.outcome,
  });
  if (errors !== undefined) {
    failed(span, { type: codeLabel(errors[0]?.extensions?.['code']) });
  }
  span.end();
}
