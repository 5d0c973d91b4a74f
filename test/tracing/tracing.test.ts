import { print } from 'graphql';
import { expect, test } from 'vitest';
import { STAGES } from '../../src/studio/stage.ts';
import { CREATE } from '../graphql/documents.ts';
import { inputOf } from '../graphql/scene.ts';
import { createTestDatabase, testBackend } from '../helpers/database.ts';
import { createTestFolder, runProcess } from '../helpers/process.ts';
import { type Collector, startCollector } from './collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** One process; on PostgreSQL one for the API, and one for the work. Spans of both go to the collector. */
async function startTraced(collector: Collector): Promise<AsyncDisposable & { url: string }> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTestFolder());
  const given = {
    DATA_DIR: folder.path,
    PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
  const start = (env: Record<string, string>) => stack.use(runProcess('main', { ...given, ...env }));
  const shared = testBackend === 'pglite' ? {} : { DATABASE_URL: String(stack.use(await createTestDatabase()).url) };
  const api = start(testBackend === 'pglite' ? {} : { ...shared, ROLE: 'api', OTEL_SERVICE_NAME: 'api' });
  const [, url = ''] = await api.said(/Dashboard {2}(http:\S+)\/\n/);
  if (testBackend === 'postgres') {
    await start({ ...shared, ROLE: 'worker', OTEL_SERVICE_NAME: 'worker' }).said(/works/);
  }
  const running = stack.move();
  return { url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

test('one trace leads from the request that makes a batch through every stage of its projects', async () => {
  await using collector = await startCollector();
  await using service = await startTraced(collector);
  const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
  await post(service.url, { query: print(CREATE), variables: { input: inputOf(2) } }, headers);
  const ran = (count: number) => (name: string) =>
    collector.spans.filter((span) => span.name === name).length === count;
  await collector.received(() => ran(2)('run project') && ran(1)('mutation TestCreate'));
  const ofTrace = collector.spans.filter(({ traceId }) => traceId === TRACE);
  const named = (name: string) => ofTrace.filter((span) => span.name === name);

  const [request] = named('mutation TestCreate');
  expect(request).toMatchObject({
    parentSpanId: CALLER,
    attributes: { 'showrunner.transport': 'http', 'graphql.operation.type': 'mutation', 'showrunner.outcome': 'ok' },
  });
  const runs = named('run project');
  expect(runs).toHaveLength(2);
  for (const run of runs) {
    expect(run).toMatchObject({
      parentSpanId: request?.spanId,
      attributes: { 'showrunner.project.status': 'COMPLETED', 'showrunner.project.attempt': 1 },
    });
    const project = run.attributes['showrunner.project.id'];
    const stages = ofTrace.filter(({ parentSpanId }) => parentSpanId === run.spanId);
    expect(stages.map(({ name }) => name)).toEqual(STAGES.map((stage) => `stage ${stage}`));
    expect(stages.map(({ attributes }) => attributes['showrunner.project.id'])).toEqual(Array(5).fill(project));
    expect(stages.map(({ attributes }) => attributes['showrunner.stage.try'])).toEqual(Array(5).fill(1));
  }
  const services = [request?.service, runs[0]?.service];
  expect(services).toEqual(testBackend === 'pglite' ? ['showrunner', 'showrunner'] : ['api', 'worker']);
});
