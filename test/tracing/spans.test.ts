import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { PermanentStageError } from '../../src/studio/stage.ts';
import { startTracing } from '../../src/tracing/start.ts';
import { WATCH } from '../graphql/documents.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { scriptedStudio } from '../helpers/engine.ts';
import { batchEnded } from '../helpers/wait.ts';
import { startMeasured } from '../metrics/scene.ts';
import { type Collector, type ReceivedSpan, startCollector } from './collector.ts';

let collector: Collector;
let tracing: AsyncDisposable;
beforeAll(async () => {
  collector = await startCollector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  const sampling = { sampler: 'always_on', followsParent: true, ratio: 1 } as const;
  tracing = startTracing({ exporter: 'otlp', ...sampling, scheduleDelayMs: 20 }, createLog('silent'));
});
afterAll(async () => {
  await tracing[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

/** The spans that belong to a batch, once there are so many runs of its projects. */
async function ofBatch(uuid: string, runs: number): Promise<ReceivedSpan[]> {
  const belongs = ({ attributes }: ReceivedSpan) => attributes['showrunner.batch.id'] === uuid;
  const isRun = (span: ReceivedSpan) => belongs(span) && span.name === 'run project';
  return (await collector.received((spans) => spans.filter(isRun).length === runs)).filter(belongs);
}

test('a stage that fails says why, and is tried again in the same trace', async () => {
  let tries = 0;
  const studio = scriptedStudio(async (stage) => {
    if (stage === 'assets' && ++tries === 1) {
      throw new RangeError('no room');
    }
    if (stage === 'render') {
      throw new PermanentStageError('no words');
    }
  });
  await using service = await startMeasured(studio, { backoffMs: 1 });
  const { uuid } = await makeBatch(service.server, inputOf(1));
  await batchEnded(service.server.testDatabase.database, uuid);
  const spans = await ofBatch(uuid, 2);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const stages = spans
    .filter(({ name }) => name.startsWith('stage '))
    .map(({ name, status, attributes }) => [
      name,
      attributes['showrunner.stage.try'],
      attributes['error.type'],
      status?.message,
    ]);
  expect(stages).toEqual([
    ['stage script', 1, undefined, undefined],
    ['stage assets', 1, 'RangeError', 'no room'],
    ['stage assets', 2, undefined, undefined],
    ['stage render', 1, 'PermanentStageError', 'no words'],
  ]);
  const runs = spans.filter(({ name }) => name === 'run project');
  expect(runs.map(({ attributes }) => attributes['showrunner.project.status'])).toEqual([
    'ASSETS_GENERATING',
    'FAILED',
  ]);
});

test('a project whose job was made by nobody in particular begins a trace of its own', async () => {
  await using service = await startMeasured(scriptedStudio());
  const { testDatabase } = service.server;
  const made = await makeBatch(service.server, inputOf(1));
  await batchEnded(testDatabase.database, made.uuid);
  const [first] = await ofBatch(made.uuid, 1);
  // As another program would take it up again, which knows nothing of the queue.
  await testDatabase.sql(`UPDATE projects SET status = 'RENDERED', stages_done = 3, worker_id = NULL`);
  await batchEnded(testDatabase.database, made.uuid);
  const spans = await ofBatch(made.uuid, 2);
  const second = spans.find(({ traceId }) => traceId !== first?.traceId);
  expect(second).toBeDefined();
  expect(spans.filter(({ traceId }) => traceId === second?.traceId).map(({ name }) => name)).toEqual([
    'stage thumbnail',
    'stage upload',
    'run project',
  ]);
});

test('operations over WebSocket have spans, too: a subscription one of how it began', async () => {
  await using service = await startMeasured(scriptedStudio());
  const { server } = service;
  const { id } = await makeBatch(server, inputOf(1));
  const headers = { traceparent: '00-11111111111111111111111111111111-2222222222222222-01' };
  for await (const _event of server.subscribe(WATCH, { id }, headers)) {
    // To its end.
  }
  const watched = ({ name }: ReceivedSpan) => name.startsWith('subscription ');
  const span = (await collector.received((spans) => spans.some(watched))).find(watched);
  expect(span).toMatchObject({
    traceId: '1'.repeat(32),
    parentSpanId: '2'.repeat(16),
    attributes: { 'showrunner.transport': 'websocket', 'showrunner.outcome': 'ok' },
  });
});

test('an operation that is refused says by which code, and nothing of what was asked', async () => {
  await using service = await startMeasured(scriptedStudio());
  const headers = { traceparent: '00-33333333333333333333333333333333-4444444444444444-01' };
  await service.server.queryText('{ nothing(token: "a secret word") }', headers);
  const isIt = ({ traceId }: ReceivedSpan) => traceId === '3'.repeat(32);
  const span = (await collector.received((spans) => spans.some(isIt))).find(isIt);
  expect(span).toMatchObject({
    name: 'graphql',
    status: { code: 2 },
    attributes: { 'error.type': 'GRAPHQL_VALIDATION_FAILED', 'showrunner.outcome': 'refused' },
  });
  expect(collector.texts.join()).not.toContain('secret');
});

test('what a client sends is in no span', async () => {
  await using service = await startMeasured(scriptedStudio());
  const [project] = inputOf(1).projects;
  const content = `what nobody is to read ${project?.content}`;
  const projects = [{ name: 'private', content }];
  const { uuid } = await makeBatch(service.server, { name: 'the name of a batch', projects });
  const [span] = await ofBatch(uuid, 1);
  const isRequest = ({ name, traceId }: ReceivedSpan) => name === 'mutation TestCreate' && traceId === span?.traceId;
  await collector.received((spans) => spans.some(isRequest));
  expect(collector.texts.join()).not.toMatch(/nobody is to read|name of a batch|private/);
});
