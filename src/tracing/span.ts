import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/** Where a trace is at, as it is handed to another process: the headers of W3C Trace Context, or nothing. */
export type TraceContext = Readonly<Record<string, string>>;

/** Follows whichever SDK is started later; without one nothing is kept. */
const tracer = trace.getTracer('showrunner');

/** Where the trace is at that runs at the moment; nothing where none does. */
export function currentTrace(): TraceContext {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** A trace that another process has begun, by the headers that it sent; no trace where they are none. */
export function traceIn(headers: Readonly<Record<string, unknown>>): Context {
  return propagation.extract(ROOT_CONTEXT, headers);
}

/** Begins a span for something that was asked for from outside. Whoever begins it has to end it. */
export function beginServed(name: string, attributes: Attributes, parent: Context): Span {
  return tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
}

/** Runs something as a part of a span that was begun. */
export function within<T>(span: Span | undefined, run: () => T): T {
  // Where no SDK was started there is no trace that could be handed on.
  return span === undefined || !isSpanContextValid(span.spanContext())
    ? run()
    : context.with(trace.setSpan(context.active(), span), run);
}

/** A span of its own for something that runs. */
export interface SpanOf {
  name: string;
  attributes: Attributes;
  /** Whether another process may have asked for it; no unless told otherwise. */
  isReceived?: boolean;
  /** What a trace is told of an error; undefined where it is none. Its name unless told otherwise. */
  errorOf?: (error: unknown) => TracedError | undefined;
}

/** An error as a trace is told of it. The message has to be one that anybody may read. */
export interface TracedError {
  type: string;
  message?: string;
}

/** Runs something as a part of a trace that another process has begun, and of no other. */
export function inTrace<T>(begun: TraceContext, run: () => T): T {
  return context.with(traceIn(begun), run);
}

/** Runs something in a span of its own, which ends with it. */
export async function inSpan<T>(
  { name, attributes, isReceived = false, errorOf = nameOf }: SpanOf,
  run: () => Promise<T>,
): Promise<T> {
  const kind = isReceived ? SpanKind.CONSUMER : SpanKind.INTERNAL;
  const span = tracer.startSpan(name, { kind, attributes });
  try {
    return await within(span, run);
  } catch (error) {
    const told = errorOf(error);
    if (told === undefined) {
      span.setAttribute('showrunner.outcome', 'aborted');
    } else {
      failed(span, told);
    }
    throw error;
  } finally {
    span.end();
  }
}

/** Adds to the span of what runs at the moment, if it has one. */
export function note(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** Says that what a span is about went wrong. */
export function failed(span: Span, { type, message }: TracedError): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
}

/** An error by its name alone: what errors say may be nobody else's business. Anything can be thrown, also what has none. */
export function nameOf(error: unknown): TracedError {
  try {
    return { type: error instanceof Error ? `${error.name}` : 'unknown' };
  } catch {
    return { type: 'unknown' };
  }
}
