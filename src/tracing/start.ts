import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { within } from '../database/within.ts';
import type { Log } from '../log.ts';

/** Which spans are kept, and where they go; what else there is to it the SDK reads from OTEL_EXPORTER_OTLP_…. */
export interface TracingConfig {
  exporter: 'otlp' | 'console';
  sampler: 'always_on' | 'always_off' | 'traceidratio';
  /** Whether whoever calls decides on traces that they began. */
  followsParent: boolean;
  /** The share of traces that are kept, 0 to 1, where the sampler goes by that. */
  ratio: number;
  /** How long spans are gathered before they are sent, in milliseconds. */
  scheduleDelayMs: number;
}

/** A collector that does not answer must not keep the process from ending. */
const FLUSH_MS = 5_000;

/**
 * Starts to send spans. Imported only where that is asked for: the SDK takes time and memory.
 * Disposing of it sends what is left. There can be but one at a time in a process.
 */
export function startTracing(config: TracingConfig, log: Log): AsyncDisposable {
  const tell = (message: string, ...details: unknown[]) => log.warn({ details }, `tracing: ${message}`);
  diag.setLogger({ error: tell, warn: tell, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
  const exporter = config.exporter === 'otlp' ? new OTLPTraceExporter() : new ConsoleSpanExporter();
  const provider = new TracerProvider({
    sampler: samplerOf(config),
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'showrunner' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: config.scheduleDelayMs })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async [Symbol.asyncDispose]() {
      const sent = provider.shutdown().catch((error: unknown) => tell('spans were lost', error));
      await within(FLUSH_MS, sent, () => tell('the collector does not answer'));
      trace.disable();
      propagation.disable();
      context.disable();
      diag.disable();
    },
  };
}

function samplerOf({ sampler, followsParent, ratio }: TracingConfig): Sampler {
  const root = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  }[sampler]();
  return followsParent ? new ParentBasedSampler({ root }) : root;
}
