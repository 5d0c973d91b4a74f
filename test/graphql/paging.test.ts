import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  TestListQuery,
  TestListQueryVariables,
  TestProjectsQueryVariables,
} from '../../src/generated/gql/graphql.ts';
import { type Answer, startTestServer, type TestServer } from '../helpers/server.ts';
import { EVENTS, LIST, PROJECTS } from './documents.ts';
import { inputOf, type MadeBatch, makeBatch, present, updateProject } from './scene.ts';

let server: TestServer;
let batch: MadeBatch;
beforeAll(async () => {
  server = await startTestServer();
  batch = await makeBatch(server, inputOf(45));
});
afterAll(() => server[Symbol.asyncDispose]());

async function page(args: Omit<TestProjectsQueryVariables, 'id'>, id = batch.id) {
  const { data, errors } = await server.query(PROJECTS, { id, ...args });
  expect(errors).toBeUndefined();
  const projects = data?.batch?.projects;
  return {
    positions: present(projects?.nodes).map(({ position }) => position),
    ...projects,
    ...projects?.pageInfo,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

test('a page has twenty rows unless told otherwise', async () => {
  const first = await page({});
  expect(first).toMatchObject({
    positions: range(0, 20),
    totalCount: 45,
    hasNextPage: true,
    hasPreviousPage: false,
  });
});

test('pages go forwards to the end', async () => {
  const first = await page({ first: 30 });
  const second = await page({ first: 30, after: first.endCursor ?? '' });
  expect(second).toMatchObject({
    positions: range(30, 45),
    hasNextPage: false,
    hasPreviousPage: true,
  });
  const third = await page({ first: 30, after: second.endCursor ?? '' });
  expect(third).toMatchObject({
    positions: [],
    startCursor: null,
    endCursor: null,
    hasNextPage: false,
    hasPreviousPage: true,
  });
});

test('pages go backwards to the start', async () => {
  const last = await page({ last: 30 });
  expect(last).toMatchObject({ positions: range(15, 45), hasNextPage: false, hasPreviousPage: true });
  const before = await page({ last: 30, before: last.startCursor ?? '' });
  expect(before).toMatchObject({ positions: range(0, 15), hasNextPage: true, hasPreviousPage: false });
});

test('a page can be cut out between two cursors', async () => {
  const ten = await page({ first: 10 });
  const last = await page({ last: 10 });
  const middle = await page({ first: 100, after: ten.endCursor ?? '', before: last.startCursor ?? '' });
  expect(middle.positions).toEqual(range(10, 35));
});

test('an empty page still counts the list', async () => {
  expect(await page({ first: 0 })).toMatchObject({ positions: [], totalCount: 45, hasNextPage: true });
});

test('a page can jump over rows, from the start or from a cursor', async () => {
  expect(await page({ offset: 30, first: 5 })).toMatchObject({
    positions: range(30, 35),
    totalCount: 45,
    hasNextPage: true,
    hasPreviousPage: true,
  });
  const ten = await page({ first: 10 });
  expect(await page({ offset: 30, after: ten.endCursor ?? '' })).toMatchObject({
    positions: range(40, 45),
    hasNextPage: false,
    hasPreviousPage: true,
  });
  expect(await page({ offset: 0, first: 5 })).toMatchObject({ positions: range(0, 5), hasPreviousPage: false });
});

test('a jump beyond the end is an empty page, with rows before it where the list has any', async () => {
  const beyond = { positions: [], hasNextPage: false, startCursor: null };
  expect(await page({ offset: 1_000_000 })).toMatchObject({ ...beyond, hasPreviousPage: true });
  expect(await page({ offset: 3, status: ['FAILED'] })).toMatchObject({ ...beyond, hasPreviousPage: false });
});

test('a jump counts what the filter lets through', async () => {
  const other = await makeBatch(server, inputOf(10));
  for (const { uuid } of other.projects.filter((_, position) => position % 2 === 0)) {
    await updateProject(server, uuid, { status: 'FAILED' });
  }
  expect(await page({ offset: 2, first: 2, status: ['FAILED'] }, other.id)).toMatchObject({
    positions: [4, 6],
    totalCount: 5,
    hasNextPage: true,
  });
});

test.each([
  [{ offset: -1 }, 'offset must be 0 or more (current: -1)', 'offset 不可小於 0（當前：-1）'],
  [
    { offset: 1, last: 5 },
    'offset goes with first and after only, not with last or before',
    'offset 只能搭配 first 與 after，不可搭配 last 或 before',
  ],
])('a page with %j is refused', async (args, english, chinese) => {
  for (const [language, message] of [
    ['en', english],
    ['zh-TW', chinese],
  ] as const) {
    const { errors } = await server.query(PROJECTS, { id: batch.id, ...args }, { 'accept-language': language });
    expect(errors).toMatchObject([{ message, extensions: { code: 'INVALID_INPUT', field: 'offset' } }]);
  }
});

test('an offset before a cursor is refused', async () => {
  const before = (await page({ first: 10 })).endCursor ?? '';
  const { errors } = await server.query(PROJECTS, { id: batch.id, before, offset: 1 });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'offset' } }]);
});

test.each([
  ['first', 101],
  ['first', -1],
  ['last', 1_000],
] as const)('a page with %s: %d is refused, with the argument, the limit and the value', async (argument, size) => {
  const { errors } = await server.query(PROJECTS, { id: batch.id, [argument]: size });
  expect(errors).toMatchObject([
    {
      message: `${argument} must be between 0 and 100 (current: ${size})`,
      extensions: { code: 'INVALID_INPUT', field: argument },
    },
  ]);
});

test('first and last together are refused', async () => {
  const { errors } = await server.query(LIST, { first: 1, last: 1 });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
});

test('a cursor of another list is refused', async () => {
  const other = await makeBatch(server, inputOf(1));
  const list = await server.query(LIST, { first: 1 });
  const events = await server.query(EVENTS, { id: batch.id, first: 1 });
  const foreign = [
    (await page({ first: 1 }, other.id)).endCursor,
    list.data?.batches.pageInfo.endCursor,
    events.data?.batch?.events.pageInfo.endCursor,
    'garbage',
    '',
  ];
  for (const cursor of foreign) {
    expect(cursor).toBeTypeOf('string');
    const { errors } = await server.query(PROJECTS, { id: batch.id, before: cursor ?? null });
    expect(errors).toMatchObject([
      {
        message: 'before is not a cursor of this list',
        extensions: { code: 'INVALID_INPUT', field: 'before' },
      },
    ]);
  }
});

test('a forged place in a cursor is refused', async () => {
  for (const place of [[2 ** 40], ['1'], [1, 2], [], [null], [1.5]]) {
    const forged = Buffer.from(JSON.stringify([`projects of ${batch.uuid}`, ...place]));
    const { errors } = await server.query(PROJECTS, { id: batch.id, after: forged.toString('base64url') });
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
  }
});

test('the list of batches pages in both directions', async () => {
  await using fresh = await startTestServer();
  const ids: string[] = [];
  for (let made = 0; made < 7; made++) {
    ids.unshift((await makeBatch(fresh, inputOf(1))).id);
  }
  const walk = async (pageAt: (at: string | null) => TestListQueryVariables, backwards: boolean) => {
    const pages: string[][] = [];
    let at: string | null = null;
    do {
      const answer: Answer<TestListQuery> = await fresh.query(LIST, pageAt(at));
      const batches = answer.data?.batches;
      pages.push(present(batches?.nodes).map(({ id }) => id));
      const { startCursor, endCursor, hasNextPage, hasPreviousPage } = batches?.pageInfo ?? {};
      at = (backwards ? hasPreviousPage && startCursor : hasNextPage && endCursor) || null;
    } while (at !== null);
    return pages;
  };
  expect(await walk((after) => ({ first: 3, after }), false)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  expect(await walk((before) => ({ last: 3, before }), true)).toEqual([ids.slice(4), ids.slice(1, 4), ids.slice(0, 1)]);
});

test('a walk under a status filter neither skips nor repeats what matches throughout', async () => {
  const other = await makeBatch(server, inputOf(20));
  const uuids = other.projects.map(({ uuid }) => uuid);
  const change = fc.record({
    at: fc.nat(uuids.length - 1),
    status: fc.constantFrom('INITIALIZED', 'RENDERING', 'FAILED'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 4 }), { minLength: 20, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      async (changes, size, backwards) => {
        const statuses = uuids.map(() => 'INITIALIZED');
        await server.testDatabase.sql(`UPDATE projects SET status = 'INITIALIZED' WHERE batch_id = $1`, [other.uuid]);
        const left = new Set<number>();
        const seen: number[] = [];
        for (let at: string | null | undefined = null, step = 0; ; step++) {
          const here = backwards ? { last: size, before: at } : { first: size, after: at };
          const { positions, ...info } = await page({ ...here, status: ['INITIALIZED'] }, other.id);
          seen.push(...(backwards ? positions.reverse() : positions));
          at = backwards ? info.startCursor : info.endCursor;
          if (!(backwards ? info.hasPreviousPage : info.hasNextPage)) {
            break;
          }
          for (const { at: position, status } of changes[step] ?? []) {
            await updateProject(server, String(uuids[position]), { status });
            statuses[position] = status;
            left.add(position);
          }
        }
        expect(new Set(seen).size).toBe(seen.length);
        const stayed = range(0, uuids.length).filter((position) => !left.has(position));
        expect(seen).toEqual(expect.arrayContaining(stayed));
        expect(seen).toEqual(seen.toSorted((one, two) => (backwards ? two - one : one - two)));
      },
    ),
    { numRuns: 15 },
  );
});

test('a filtered list is counted by its filter', async () => {
  const other = await makeBatch(server, inputOf(3));
  await updateProject(server, String(other.projects[1]?.uuid), { status: 'FAILED' });
  expect(await page({ status: ['FAILED'] }, other.id)).toMatchObject({ totalCount: 1, positions: [1] });
  expect(await page({ status: [] }, other.id)).toMatchObject({ totalCount: 0, positions: [] });
});
