import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { CREATE } from './documents.ts';
import { inputOf, present, textOf, uuidIn } from './scene.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const CONFIGURATION = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';
const TEMPLATE = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a02';

async function create(input: Parameters<typeof inputOf>[1] & object, headers = {}) {
  const { data, errors } = await server.query(CREATE, { input: inputOf(1, input) }, headers);
  expect(errors).toBeUndefined();
  return data?.createBatch;
}

async function countRows(): Promise<unknown> {
  const [row] = await server.testDatabase.sql(
    'SELECT (SELECT count(*) FROM batches)::int AS batches, (SELECT count(*) FROM projects)::int AS projects',
  );
  return row;
}

test('two projects make a queued batch with its settings in both, and the rows are in the database', async () => {
  const settings = {
    configurationId: CONFIGURATION,
    promptTemplateId: TEMPLATE,
    geminiModel: 'gemini-1.5-pro',
    youtubeSettings: {
      privacy: 'UNLISTED',
      publishType: 'SCHEDULED',
      publishAt: '2099-01-01T08:00:00.000Z',
      aiContentFlag: false,
    },
  } as const;
  const result = await create({ ...inputOf(2), ...settings, failureLimit: 3 });
  expect(result).toMatchObject({
    __typename: 'CreateBatchSuccess',
    replayed: false,
    batch: {
      id: expect.stringMatching(/^batch_[0-9a-f-]{36}$/),
      status: 'QUEUED',
      progress: 0,
      totalProjects: 2,
      waitingProjects: 2,
      runningProjects: 0,
      completedProjects: 0,
      failedProjects: 0,
      cancelledProjects: 0,
      failureLimit: 3,
      startedAt: null,
      finishedAt: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...settings,
      projects: {
        totalCount: 2,
        nodes: [1, 2].map((number) => ({
          id: expect.stringMatching(/^project_[0-9a-f-]{36}$/),
          name: `Project ${number}`,
          position: number - 1,
          content: textOf(500),
          status: 'INITIALIZED',
          progress: 0,
          attempt: 1,
          ...settings,
        })),
      },
    },
  });
  const id = result?.__typename === 'CreateBatchSuccess' ? result.batch.id : '';
  const rows = await server.testDatabase.sql(
    'SELECT name, gemini_model, configuration_id FROM projects WHERE batch_id = $1 ORDER BY position',
    [uuidIn(id)],
  );
  expect(rows).toEqual(
    ['Project 1', 'Project 2'].map((name) => ({
      name,
      gemini_model: 'gemini-1.5-pro',
      configuration_id: CONFIGURATION,
    })),
  );
});

test('settings that are not given have their defaults', async () => {
  const result = await create({});
  expect(result).toMatchObject({
    batch: {
      geminiModel: 'gemini-1.5-flash',
      youtubeSettings: null,
      configurationId: null,
      promptTemplateId: null,
      failureLimit: null,
    },
  });
  expect(await create({ youtubeSettings: {} })).toMatchObject({
    batch: {
      youtubeSettings: {
        privacy: 'PRIVATE',
        publishType: 'IMMEDIATE',
        publishAt: null,
        aiContentFlag: true,
      },
    },
  });
});

test('a batch without projects is refused and nothing is written', async () => {
  const before = await countRows();
  expect(await create({ projects: [] }, { 'accept-language': 'zh-TW' })).toEqual({
    __typename: 'InvalidInputError',
    code: 'INVALID_INPUT',
    field: 'projects',
    message: '批次任務必須至少包含一個專案',
    issues: [{ field: 'projects', message: '批次任務必須至少包含一個專案' }],
  });
  expect(await countRows()).toEqual(before);
});

test('content that is too short is refused by name and count, and nothing is written', async () => {
  const before = await countRows();
  const projects = [
    { name: '專案 1', content: '太短了' },
    { name: 'Project 2', content: textOf(500) },
  ];
  expect(await create({ projects }, { 'accept-language': 'zh-TW' })).toMatchObject({
    field: 'projects[0].content',
    message: "專案 '專案 1' 的文字內容必須在 500-10000 字之間（當前：3 字）",
  });
  expect(await create({ projects })).toMatchObject({
    message: "The content of project '專案 1' must be 500-10000 characters long (current: 3)",
  });
  expect(await countRows()).toEqual(before);
});

test.each([
  ['499 characters', textOf(499), false],
  ['500 characters', textOf(500), true],
  ['10,000 characters', textOf(10_000), true],
  ['10,001 characters', textOf(10_001), false],
  ['499 emoji', '🎬'.repeat(499), false],
  ['500 emoji', '🎬'.repeat(500), true],
  ['10,000 emoji', '🎬'.repeat(10_000), true],
  ['10,001 emoji', '🎬'.repeat(10_001), false],
])('content of %s counts in code points', async (_name, content, passes) => {
  const result = await create({ projects: [{ name: 'Project', content }] });
  expect(result?.__typename).toBe(passes ? 'CreateBatchSuccess' : 'InvalidInputError');
});

test('all mistakes come back at once, in input order', async () => {
  const result = await create({
    name: ' ',
    projects: [
      { name: '', content: textOf(500) },
      { name: 'n'.repeat(201), content: 'short' },
      { name: 'Project 3', content: `${textOf(500)}\0` },
    ],
    configurationId: 'not a uuid',
    promptTemplateId: '123',
    geminiModel: 'gemini-0.1-slow',
    youtubeSettings: { publishType: 'SCHEDULED' },
    failureLimit: -1,
    idempotencyKey: '',
  });
  expect(result).toMatchObject({ __typename: 'InvalidInputError', field: 'name' });
  const fields = result?.__typename === 'InvalidInputError' ? result.issues.map(({ field }) => field) : [];
  expect(fields).toEqual([
    'name',
    'projects[0].name',
    'projects[1].name',
    'projects[1].content',
    'projects[2].content',
    'configurationId',
    'promptTemplateId',
    'geminiModel',
    'youtubeSettings.publishAt',
    'failureLimit',
    'idempotencyKey',
  ]);
});

test('publishing in the past is refused', async () => {
  const youtubeSettings = { publishType: 'SCHEDULED', publishAt: '2001-01-01T00:00:00Z' } as const;
  expect(await create({ youtubeSettings })).toMatchObject({ field: 'youtubeSettings.publishAt' });
});

test('more projects than allowed are refused', async () => {
  await using strict = await startTestServer({ limits: { maxProjects: 2 } });
  const { data } = await strict.query(CREATE, { input: inputOf(3) });
  expect(data?.createBatch).toMatchObject({ field: 'projects' });
});

test('messages come in the language of the caller, codes do not change', async () => {
  const chinese = await create({ name: '' }, { 'accept-language': 'fr, zh-Hant-HK;q=0.8, en;q=0.5' });
  expect(chinese).toMatchObject({ code: 'INVALID_INPUT', message: '批次任務的名稱不可為空白' });
  const english = await create({ name: '' }, { 'accept-language': 'en-GB, zh;q=0.8' });
  expect(english).toMatchObject({
    code: 'INVALID_INPUT',
    message: 'The name of the batch must not be blank',
  });
});

test('the same key with the same input gives the first batch', async () => {
  const input = { idempotencyKey: 'same input' };
  const first = await create(input);
  const second = await create(input);
  expect(first).toMatchObject({ replayed: false });
  expect(second).toMatchObject({ replayed: true });
  expect(second).toEqual({ ...first, replayed: true });
});

test('the same key with another input is a conflict that shows the first batch', async () => {
  const first = await create({ idempotencyKey: 'other input' });
  const second = await create({ idempotencyKey: 'other input', name: 'Another name' });
  expect(second).toEqual({
    __typename: 'IdempotencyConflictError',
    code: 'IDEMPOTENCY_CONFLICT',
    message: 'The idempotency key was already used with a different input',
    batch: { id: first?.__typename === 'CreateBatchSuccess' ? first.batch.id : undefined },
  });
});

test('calls with the same key at the same time make one batch', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => create({ idempotencyKey: 'at the same time' })));
  const batches = results.map((result) => (result?.__typename === 'CreateBatchSuccess' ? result : undefined));
  expect(new Set(batches.map((made) => made?.batch.id)).size).toBe(1);
  expect(batches.filter((made) => made?.replayed === false)).toHaveLength(1);
});

test('ten thousand projects of two thousand characters are made in one call', async () => {
  const projects = Array.from({ length: 10_000 }, (_, at) => ({
    name: `Project ${at}`,
    content: textOf(2_000),
  }));
  const result = await create({ projects });
  expect(result).toMatchObject({
    __typename: 'CreateBatchSuccess',
    batch: { totalProjects: 10_000, version: 2, projects: { totalCount: 10_000 } },
  });
  const nodes = result?.__typename === 'CreateBatchSuccess' ? present(result.batch.projects.nodes) : [];
  expect(nodes).toHaveLength(20);
}, 60_000);
