import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimProjects, groupByBatch } from '../../src/batches/claim.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import { failRun, finishStage, postponeRun, releaseRun, reportFraction, startStage } from '../../src/batches/run.ts';
import { STAGE_STATUSES } from '../../src/batches/states.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

async function createOne(): Promise<{ id: string; projectId: string }> {
  const { id } = await domain.create(1);
  const [projectId = ''] = await domain.ids(id);
  return { id, projectId };
}

test('projects of one batch are claimed together, and those that must not run are left out', async () => {
  const { id } = await domain.create(4);
  const [first = '', second = '', third = '', fourth = ''] = await domain.ids(id);
  const [one, other] = [await domain.worker(), await domain.worker()];
  await other.hold(second);
  const { version } = await domain.batch(id);
  const claimed = await claimProjects(domain.database, domain.queue, one.id, [third, second, first]);
  expect(Object.fromEntries(claimed)).toEqual({
    [first]: expect.objectContaining({ run: { projectId: first, batchId: id, workerId: one.id, claim: 1 } }),
    [third]: expect.objectContaining({ run: { projectId: third, batchId: id, workerId: one.id, claim: 1 } }),
  });
  expect(await domain.batch(id)).toMatchObject({ version: version + 1, runningProjects: 3 });
  expect(await domain.jobs(id)).toEqual([fourth]);
  expect(await domain.projects(id)).toMatchObject([{}, { workerId: other.id, claim: 1 }, {}, { claim: 0 }]);
});

test('projects are put together by their batch, and those that are gone by themselves', async () => {
  const [one, other] = [await domain.create(2), await domain.create(1)];
  const [first = '', second = ''] = await domain.ids(one.id);
  const [third = ''] = await domain.ids(other.id);
  const gone = '01a00000-0000-7000-8000-000000000000';
  const items = [first, third, gone, second].map((projectId) => ({ projectId }));
  const groups = await groupByBatch(domain.database, items);
  expect(groups.map((group) => group.map(({ projectId }) => projectId))).toEqual([[first, second], [third], [gone]]);
});

test('a claim takes the job, gives what the stages need, and counts', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  const claimed = await worker.claim(projectId);
  expect(claimed).toEqual({
    run: { projectId, batchId: id, workerId: worker.id, claim: 1 },
    name: 'Project 1',
    content: 'a'.repeat(500),
    status: 'SCRIPT_GENERATING',
    attempt: 1,
    stagesDone: 0,
    stageTries: 0,
    stageLosses: 0,
    wasHeld: false,
  });
  expect(await domain.jobs(id)).toEqual([]);
  expect(await domain.batch(id)).toMatchObject({ status: 'RUNNING', runningProjects: 1, startedAt: expect.any(Date) });
});

test('of ten workers at once only one has the project', async () => {
  const { projectId } = await createOne();
  const workers = await Promise.all(Array.from({ length: 10 }, () => domain.worker()));
  const claims = await Promise.all(workers.map((worker) => worker.claim(projectId)));
  expect(claims.filter((claimed) => claimed !== undefined)).toHaveLength(1);
});

test('a project that has ended or does not exist cannot be taken up', async () => {
  const { projectId } = await createOne();
  const worker = await domain.worker();
  await worker.goThrough(await worker.hold(projectId), 5);
  expect(await worker.claim(projectId)).toBeUndefined();
  expect(await worker.claim('0193a1b2-0000-7000-8000-000000000000')).toBeUndefined();
});

test('each step shows its progress, and the last leaves the project free', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  const run = await worker.hold(projectId);
  const seen: number[] = [];
  const look = async () => seen.push((await domain.batch(id)).progressSum);
  for (const { stage } of STAGE_STATUSES) {
    await startStage(domain.database, run, stage);
    await look();
    await reportFraction(domain.database, run, 0.5);
    await look();
    await finishStage(domain.database, run, stage, { videoUrl: stage === 'render' ? '/v.mp4' : undefined });
    await look();
  }
  expect(seen).toEqual([10, 15, 20, 40, 50, 60, 75, 80, 85, 90, 92, 95, 98, 99, 100]);
  expect(await domain.projects(id)).toMatchObject([
    {
      status: 'COMPLETED',
      stagesDone: 5,
      workerId: null,
      videoUrl: '/v.mp4',
      thumbnailUrl: null,
      finishedAt: expect.any(Date),
    },
  ]);
});

test('a fraction that is smaller than before is not written, nor does a stage that begins again go back', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  const run = await worker.hold(projectId);
  await reportFraction(domain.database, run, 0.8);
  await reportFraction(domain.database, run, 0.3);
  await startStage(domain.database, run, 'script');
  expect(await domain.batch(id)).toMatchObject({ progressSum: 18 });
});

test('a failure keeps the progress, and says which stage and why in at most 500 code points', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  const run = await worker.hold(projectId);
  await reportFraction(domain.database, run, 0.5);
  await failRun(domain.database, run, 'script', `\0\uD83C${'🎬'.repeat(600)}`);
  const [project] = await domain.projects(id);
  expect(project).toMatchObject({ status: 'FAILED', progress: 15, workerId: null });
  expect(project?.errorMessage).toBe(`script: \uFFFD${'🎬'.repeat(491)}`);
});

describe('a run that has lost its project changes nothing', () => {
  test.each([
    ['startStage', (run) => startStage(domain.database, run, 'script'), undefined],
    ['reportFraction', (run) => reportFraction(domain.database, run, 0.9), false],
    ['finishStage', (run) => finishStage(domain.database, run, 'script', { videoUrl: '/late.mp4' }), undefined],
    ['failRun', (run) => failRun(domain.database, run, 'script', 'late'), undefined],
    ['postponeRun', (run) => postponeRun(domain.database, domain.queue, run, 0), undefined],
    ['releaseRun', (run) => releaseRun(domain.database, domain.queue, run), undefined],
  ] satisfies [
    string,
    (run: Awaited<ReturnType<Awaited<ReturnType<Domain['worker']>>['hold']>>) => Promise<unknown>,
    unknown,
  ][])('%s', async (_name, write, expected) => {
    const { id, projectId } = await createOne();
    const [dead, heir] = [await domain.worker(), await domain.worker()];
    const lost = await dead.hold(projectId);
    await domain.db.sql(`UPDATE workers SET seen_at = now() - interval '1 minute' WHERE id = $1`, [dead.id]);
    expect(await heir.claim(projectId)).toMatchObject({ run: { claim: 2 }, stageLosses: 1, wasHeld: true });
    const before = [await domain.batch(id), await domain.projects(id)];
    expect(await write(lost)).toBe(expected);
    expect([await domain.batch(id), await domain.projects(id)]).toEqual(before);
    expect(await domain.jobs(id)).toEqual([]);
  });
});

test('a worker that takes up its own project again is fenced from its first run, too', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  const first = await worker.hold(projectId);
  await domain.db.sql(`UPDATE workers SET seen_at = now() - interval '1 minute' WHERE id = $1`, [worker.id]);
  const second = await worker.hold(projectId);
  expect(await finishStage(domain.database, first, 'script', {})).toBeUndefined();
  expect(await finishStage(domain.database, second, 'script', {})).toBe('SCRIPT_GENERATED');
  expect(await domain.projects(id)).toMatchObject([{ stagesDone: 1, stageLosses: 0 }]);
});

test('a project that was handed back goes on at once, one that was postponed when it is due', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  const run = await worker.hold(projectId);
  await worker.goThrough(run, 1);
  await releaseRun(domain.database, domain.queue, run);
  expect(await domain.queue.fetch(10)).toContainEqual({ projectId, trace: {} });
  const again = await worker.hold(projectId);
  await postponeRun(domain.database, domain.queue, again, 60_000);
  expect(await domain.queue.fetch(10)).not.toContainEqual({ projectId, trace: {} });
  expect(await domain.jobs(id)).toEqual([projectId]);
  expect(await domain.projects(id)).toMatchObject([{ status: 'SCRIPT_GENERATED', workerId: null, stageTries: 1 }]);
});

test('the job of a postponed project is never due before the project', async () => {
  const { projectId } = await createOne();
  const worker = await domain.worker();
  const run = await worker.hold(projectId);
  // The batch is locked meanwhile, so that the transaction begins long before it writes.
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holder = domain.database.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM batches WHERE id = ${run.batchId}::uuid FOR UPDATE`;
    locked.resolve();
    await release.promise;
    await tx.$queryRaw`SELECT pg_sleep(0.3)::text`;
  });
  await locked.promise;
  const postponed = postponeRun(domain.database, domain.queue, run, 10_000);
  release.resolve();
  await Promise.all([holder, postponed]);
  const [row] = await domain.db.sql(
    `SELECT j.start_after >= p.due_at AS "inOrder"
     FROM projects p JOIN pgboss.job j ON j.id = p.id WHERE p.id = $1`,
    [projectId],
  );
  expect(row).toEqual({ inOrder: true });
});

test('a stale job meets a retry without costing the project its new job', async () => {
  const { id, projectId } = await createOne();
  const worker = await domain.worker();
  await failRun(domain.database, await worker.hold(projectId), 'script', 'broken');
  // The claim comes while the retry is under way, and waits for it.
  const claims: Promise<unknown>[] = [];
  const retried = retryBatch(
    domain.database,
    {
      ...domain.queue,
      async enqueue(tx, ids) {
        claims.push(worker.claim(projectId));
        if (domain.db.backend === 'postgres') {
          await expect
            .poll(() =>
              domain.db.sql(
                `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
              ),
            )
            .not.toEqual([]);
        }
        await domain.queue.enqueue(tx, ids);
      },
    },
    id,
    EVERYBODYS,
  );
  await retried;
  const [claimed] = await Promise.all(claims);
  expect(claimed === undefined ? await domain.jobs(id) : 'taken up').not.toEqual([]);
});

test('a job that is left over when the failure limit is crossed takes all others of its batch with it', async () => {
  const { id } = await domain.create(4, { failureLimit: 0 });
  const [first = '', second = '', third = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const [one, two] = [await worker.hold(first), await worker.hold(second)];
  await failRun(domain.database, one, 'script', 'broken');
  expect(await domain.batch(id)).toMatchObject({
    status: 'FAILED',
    runningProjects: 1,
    waitingProjects: 2,
    finishedAt: null,
  });
  expect(await worker.claim(third)).toBeUndefined();
  expect(await domain.jobs(id)).toEqual([]);
  await worker.goThrough(two, 5);
  expect(await domain.batch(id)).toMatchObject({
    status: 'FAILED',
    completedProjects: 1,
    finishedAt: expect.any(Date),
  });
  const kinds = (await domain.events(id)).map(({ kind }) => kind).filter((kind) => kind !== 'PROJECT_STATUS_CHANGED');
  expect(kinds).toEqual(['CREATED', 'FAILURE_LIMIT_EXCEEDED', 'FINISHED']);
});

test('a failure limit of two is crossed by the third failure', async () => {
  const { id } = await domain.create(4, { failureLimit: 2 });
  const worker = await domain.worker();
  const statuses: string[] = [];
  for (const projectId of (await domain.ids(id)).slice(0, 3)) {
    await failRun(domain.database, await worker.hold(projectId), 'script', 'broken');
    statuses.push((await domain.batch(id)).status);
  }
  expect(statuses).toEqual(['RUNNING', 'RUNNING', 'FAILED']);
  const last = (await domain.events(id)).slice(-3);
  expect(last.map(({ kind }) => kind)).toEqual(['PROJECT_STATUS_CHANGED', 'FAILURE_LIMIT_EXCEEDED', 'FINISHED']);
  expect(new Set(last.map(({ version }) => version)).size).toBe(1);
});

test('a claim and a pause at the same time: whoever comes second sees the first', async () => {
  for (let round = 0; round < 15; round++) {
    const { id, projectId } = await createOne();
    const worker = await domain.worker();
    const [claimed, paused] = await Promise.all([
      worker.claim(projectId),
      pauseBatch(domain.database, domain.queue, id, EVERYBODYS),
    ]);
    expect(paused.waitingProjects).toBe(claimed === undefined ? 1 : 0);
    expect(await domain.batch(id)).toMatchObject({ waitingProjects: paused.waitingProjects });
    expect(await domain.jobs(id)).toEqual([]);
    await resumeBatch(domain.database, domain.queue, id, EVERYBODYS);
    expect(await domain.jobs(id)).toEqual(claimed === undefined ? [projectId] : []);
  }
});
