import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { STAGES } from '../../src/studio/stage.ts';
import { CREATE, PAUSE, WATCH, WATCH_ALL } from '../graphql/documents.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { scriptedStudio, untilAborted } from '../helpers/engine.ts';
import { batchEnded } from '../helpers/wait.ts';
import { startMeasured } from './scene.ts';

const ofStage = (stage: string, outcome: string) =>
  `showrunner_stage_duration_seconds_count{stage="${stage}",outcome="${outcome}"}`;

test('the stages of a batch that runs to its end are counted, each once, and nothing is left over', async () => {
  await using service = await startMeasured(scriptedStudio());
  const { server } = service;
  const { uuid } = await makeBatch(server, inputOf(7));
  await batchEnded(server.testDatabase.database, uuid);
  const figures = await service.scrape();
  for (const stage of STAGES) {
    expect(figures.value(ofStage(stage, 'finished')), stage).toBe(7);
    expect(figures.value(ofStage(stage, 'failed')) ?? 0, stage).toBe(0);
  }
  for (const state of ['waiting', 'paused', 'handed_back', 'running']) {
    expect(figures.value(`showrunner_projects{state="${state}"}`), state).toBe(0);
  }
  expect(figures.value('showrunner_database_up')).toBe(1);
  expect(figures.value('showrunner_workers')).toBe(1);
  expect(figures.value('showrunner_operations_total{transport="http",kind="mutation",outcome="ok"}')).toBe(1);
  expect(figures.value('showrunner_operation_duration_seconds_count{transport="http",kind="mutation"}')).toBe(1);
});

test('stages that fail are counted, and those that are tried again', async () => {
  const studio = scriptedStudio(async (stage) => {
    if (stage === 'render') {
      throw new Error('no pictures');
    }
  });
  await using service = await startMeasured(studio, { stageTries: 3, backoffMs: 1 });
  const { uuid } = await makeBatch(service.server, inputOf(2));
  await batchEnded(service.server.testDatabase.database, uuid);
  const figures = await service.scrape();
  expect(figures.value(ofStage('render', 'failed'))).toBe(6);
  expect(figures.value('showrunner_stage_retries_total{stage="render"}')).toBe(4);
  expect(figures.value(ofStage('assets', 'finished'))).toBe(2);
  expect(figures.value(ofStage('thumbnail', 'finished')) ?? 0).toBe(0);
});

test('a project that is taken over from a worker that has died is counted', async () => {
  let isFirst = true;
  const studio = scriptedStudio(async (_stage, { signal }) => {
    if (isFirst) {
      isFirst = false;
      return untilAborted(signal);
    }
  });
  await using service = await startMeasured(studio);
  const { testDatabase } = service.server;
  const begun = studio.hasBegun(1);
  const { uuid } = await makeBatch(service.server, inputOf(1));
  await begun;
  expect((await service.scrape()).value('showrunner_leases_lost_total')).toBe(0);
  const dead = randomUUID();
  await testDatabase.sql(`INSERT INTO workers (id, seen_at) VALUES ($1, now() - interval '5 minutes')`, [dead]);
  await testDatabase.sql('UPDATE projects SET worker_id = $1', [dead]);
  expect(await batchEnded(testDatabase.database, uuid)).toMatchObject({ completedProjects: 1 });
  const figures = await service.scrape();
  expect(figures.value('showrunner_leases_lost_total')).toBe(1);
  expect(figures.value(ofStage('script', 'aborted'))).toBe(1);
  expect(figures.value(ofStage('script', 'finished'))).toBe(1);
});

test('work that is left is counted by its state', async () => {
  const studio = scriptedStudio((_stage, { signal }) => untilAborted(signal));
  await using service = await startMeasured(studio, { concurrency: 2 });
  const { server } = service;
  const begun = studio.hasBegun(2);
  const batch = await makeBatch(server, inputOf(5));
  await begun;
  expect((await service.scrape()).value('showrunner_projects{state="waiting"}')).toBe(3);
  await server.query(PAUSE, { id: batch.id });
  const figures = await service.scrape();
  expect(figures.value('showrunner_projects{state="waiting"}')).toBe(0);
  expect(figures.value('showrunner_projects{state="paused"}')).toBe(3);
  expect(figures.value('showrunner_projects{state="running"}')).toBe(2);
  expect(figures.value('showrunner_batches{status="PAUSED"}')).toBe(1);
});

test('a subscriber shows and goes, and what it is sent is counted, with its delay', async () => {
  await using service = await startMeasured(scriptedStudio());
  const { server } = service;
  const before = await service.scrape();
  expect(before.value('showrunner_subscribers')).toBe(0);
  expect(before.value('showrunner_connections{transport="websocket"}')).toBe(0);
  const all = server.subscribe(WATCH_ALL, {});
  const first = all.next();
  await expect.poll(async () => (await service.scrape()).value('showrunner_subscribers')).toBe(1);
  expect((await service.scrape()).value('showrunner_connections{transport="websocket"}')).toBe(1);
  const { id } = await makeBatch(server, inputOf(3));
  await first;
  await all.return?.();
  let sent = 0;
  let withChanges = 0;
  for await (const { data } of server.subscribeSse(WATCH, { id })) {
    sent++;
    withChanges += sent > 1 && (data?.batchProgress.changes.length ?? 0) > 0 ? 1 : 0;
  }
  await expect.poll(async () => (await service.scrape()).value('showrunner_subscribers')).toBe(0);
  const figures = await service.scrape();
  expect(figures.value('showrunner_connections{transport="websocket"}')).toBe(0);
  expect(figures.value('showrunner_events_total')).toBeGreaterThanOrEqual(sent + 1);
  expect(figures.value('showrunner_event_delay_seconds_count')).toBe(withChanges);
  expect(figures.value('showrunner_event_delay_seconds_bucket{le="60"}')).toBe(withChanges);
  for (const transport of ['websocket', 'sse']) {
    const series = `showrunner_operations_total{transport="${transport}",kind="subscription",outcome="ok"}`;
    expect(figures.value(series), transport).toBe(1);
  }
});

test('errors are counted by their code, over every transport, and those that are data', async () => {
  await using service = await startMeasured(scriptedStudio());
  const { server } = service;
  const errors = async (code: string) => (await service.scrape()).value(`showrunner_errors_total{code="${code}"}`);
  await server.queryText('{ nothing }');
  await server.queryText('{ batches(');
  expect(await errors('GRAPHQL_VALIDATION_FAILED')).toBe(1);
  expect(await errors('GRAPHQL_PARSE_FAILED')).toBe(1);
  const client = server.connect();
  await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toBeDefined();
  await client.dispose();
  expect(await errors('GRAPHQL_VALIDATION_FAILED')).toBe(2);
  await server.query(CREATE, { input: inputOf(0) });
  expect(await errors('INVALID_INPUT')).toBe(1);
  const gone = server.subscribe(WATCH, { id: 'batch_01890000-0000-7000-8000-000000000000' });
  await gone.next();
  expect(await errors('BATCH_NOT_FOUND')).toBe(1);
  const figures = await service.scrape();
  const refused = (transport: string) =>
    figures.value(`showrunner_operations_total{transport="${transport}",kind="unknown",outcome="refused"}`);
  expect(refused('http')).toBe(2);
  expect(refused('websocket')).toBe(1);
});
