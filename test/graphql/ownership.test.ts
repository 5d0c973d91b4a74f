import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/graphql/cursors.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';
import {
  CANCEL,
  CREATE,
  DETAIL,
  EVENTS,
  LIST,
  NODES,
  PAUSE,
  PROJECT,
  PROJECTS,
  RESUME,
  RETRY,
  WATCH,
  WATCH_ALL,
} from './documents.ts';
import { inputOf, type MadeBatch, makeBatch, present, updateProject } from './scene.ts';
import { ask, TRANSPORTS } from './transports.ts';

const ada = tokenOf('ada', 'operator');
const adaReads = tokenOf('ada', 'viewer');
const bob = tokenOf('bob', 'operator');
const boss = tokenOf('boss', 'admin');

let server: TestServer;
/** Ada's, with two failed projects and one that waits. */
let hers: MadeBatch;
/** Bob's, with a failed project. */
let his: MadeBatch;
beforeAll(async () => {
  server = await startTestServer({ tokens: entriesOf(ada, adaReads, bob, boss) });
  hers = await makeBatch(server, inputOf(3, { name: 'Tides', idempotencyKey: 'shared' }), ada.headers);
  his = await makeBatch(server, inputOf(1, { name: 'Tides' }), bob.headers);
  for (const { uuid } of [...hers.projects.slice(0, 2), ...his.projects]) {
    await updateProject(server, uuid, { status: 'FAILED' });
  }
});
afterAll(() => server[Symbol.asyncDispose]());

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const NOWHERE = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';

/** All that there is to know of a batch and its projects. */
const rowsOf = async ({ uuid }: MadeBatch) => [
  await server.testDatabase.sql('SELECT * FROM batches WHERE id = $1', [uuid]),
  await server.testDatabase.sql('SELECT * FROM projects WHERE batch_id = $1 ORDER BY position', [uuid]),
];

describe.each(TRANSPORTS)('over %s', (over) => {
  /** What Bob is told of what is Ada's, which has to be what he is told of what does not exist. */
  async function toldBob<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<unknown> {
    const before = await rowsOf(hers);
    const told = await ask(server, over, document, variables, bob.headers);
    const nothing: Variables = JSON.parse(JSON.stringify(variables).replace(UUID, NOWHERE));
    const toldOfNothing = await ask(server, over, document, nothing, bob.headers);
    const blind = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer).replace(UUID, '<uuid>'));
    expect(blind(told)).toEqual(blind(toldOfNothing));
    expect(await rowsOf(hers)).toEqual(before);
    return told;
  }
  const askAs = <Data, Variables extends Record<string, unknown>>(
    { headers }: { headers: Record<string, string> },
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ) => ask(server, over, document, variables, headers);

  test("another's batch is BATCH_NOT_FOUND, whatever is asked of it", async () => {
    const notFound = { data: { batch: null }, errors: [{ extensions: { code: 'BATCH_NOT_FOUND' } }] };
    expect(await toldBob(DETAIL, { id: hers.id })).toMatchObject(notFound);
    expect(await toldBob(PROJECTS, { id: hers.id })).toMatchObject(notFound);
    expect(await toldBob(EVENTS, { id: hers.id })).toMatchObject(notFound);
    expect(await askAs(ada, DETAIL, { id: hers.id })).toMatchObject({ data: { batch: { name: 'Tides' } } });
  });

  test("another's project is PROJECT_NOT_FOUND", async () => {
    const id = String(hers.projects[0]?.id);
    expect(await toldBob(PROJECT, { id })).toMatchObject({
      data: { project: null },
      errors: [{ extensions: { code: 'PROJECT_NOT_FOUND' } }],
    });
    expect(await askAs(ada, PROJECT, { id })).toMatchObject({ data: { project: { id, batch: { id: hers.id } } } });
  });

  test("another's nodes are null among one's own", async () => {
    const [project] = hers.projects;
    const theirs = [hers.id, String(project?.id)];
    expect(await toldBob(NODES, { id: hers.id, ids: theirs })).toEqual({ data: { node: null, nodes: [null, null] } });
    const ids = [his.id, ...theirs, ...his.projects.map(({ id }) => id)];
    const { data } = await askAs(bob, NODES, { id: his.id, ids });
    expect(data?.nodes.map((node) => node?.id)).toEqual([his.id, undefined, undefined, ids.at(-1)]);
    expect((await askAs(ada, NODES, { id: hers.id, ids: theirs })).data).toMatchObject({
      node: { id: hers.id },
      nodes: [{ id: hers.id }, { id: project?.id, batch: { id: hers.id } }],
    });
  });

  test.each([{}, { search: 'tides' }, { status: ['COMPLETED', 'RUNNING'] } as const])(
    'the list and its count hold no batch of another: %j',
    async (filter) => {
      const listed = async (who: typeof bob) => {
        const { data } = await askAs(who, LIST, { ...filter, status: filter.status && [...filter.status] });
        const { nodes, edges, totalCount } = data?.batches ?? {};
        expect(totalCount).toBe(nodes?.length);
        expect(present(edges).map(({ node }) => node.id)).toEqual(present(nodes).map(({ id }) => id));
        return present(nodes).map(({ id }) => id);
      };
      expect(await listed(bob)).toEqual([his.id]);
      expect(await listed(ada)).toEqual([hers.id]);
      expect(await listed(adaReads)).toEqual([hers.id]);
      expect(await listed(boss)).toEqual([his.id, hers.id]);
    },
  );

  test('a page begins and ends where the own batches do', async () => {
    const { data } = await askAs(boss, LIST, {});
    const cursor = String(data?.batches.edges.find((edge) => edge?.node.id === hers.id)?.cursor);
    const page = await askAs(bob, LIST, { first: 5, after: cursor });
    expect(page.data?.batches).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
    const first = await askAs(bob, LIST, { first: 1 });
    expect(first.data?.batches.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  test("another's batch can't be paused, resumed, cancelled or retried, and is BATCH_NOT_FOUND", async () => {
    const notFound = { code: 'BATCH_NOT_FOUND', __typename: 'BatchNotFoundError' };
    expect(await toldBob(PAUSE, { id: hers.id })).toMatchObject({
      data: { pauseBatch: { ...notFound, batchId: hers.id } },
    });
    expect(await toldBob(RESUME, { id: hers.id })).toMatchObject({ data: { resumeBatch: notFound } });
    expect(await toldBob(CANCEL, { id: hers.id })).toMatchObject({ data: { cancelBatch: notFound } });
    expect(await toldBob(RETRY, { id: hers.id })).toMatchObject({ data: { retryBatch: notFound } });
    const projectIds = hers.projects.map(({ id }) => id);
    expect(await toldBob(RETRY, { id: hers.id, projectIds })).toMatchObject({ data: { retryBatch: notFound } });
  });

  test("another's projects can't be retried among one's own", async () => {
    const before = [await rowsOf(hers), await rowsOf(his)];
    const retry = async (foreign: string) => {
      const projectIds = [...his.projects.map(({ id }) => id), foreign];
      const { data } = await askAs(bob, RETRY, { id: his.id, projectIds });
      expect(data?.retryBatch).toMatchObject({ code: 'PROJECT_NOT_FOUND', projectId: foreign });
      return { ...data?.retryBatch, projectId: '' };
    };
    expect(await retry(String(hers.projects[0]?.id))).toEqual(await retry(`project_${NOWHERE}`));
    expect([await rowsOf(hers), await rowsOf(his)]).toEqual(before);
  });

  test("another's idempotency key is as good as any", async () => {
    const input = inputOf(2, { name: 'Keys', idempotencyKey: 'shared' });
    const replay = await askAs(ada, CREATE, { input: inputOf(3, { name: 'Tides', idempotencyKey: 'shared' }) });
    expect(replay.data?.createBatch).toMatchObject({ replayed: true, batch: { id: hers.id } });
    const conflict = { code: 'IDEMPOTENCY_CONFLICT', batch: { id: hers.id } };
    expect((await askAs(ada, CREATE, { input })).data?.createBatch).toMatchObject(conflict);
    // An admin's keys are their own as well.
    for (const who of [bob, boss]) {
      const { data } = await askAs(who, CREATE, { input });
      expect(data?.createBatch).toMatchObject({ replayed: false, batch: { name: 'Keys' } });
    }
    await server.testDatabase.sql(`DELETE FROM batches WHERE name = 'Keys'`);
  });

  test("what an error shows is one's own, for an admin also another's", async () => {
    const done = await makeBatch(server, inputOf(1, { name: 'Done' }), ada.headers);
    await updateProject(server, String(done.projects[0]?.uuid), { status: 'COMPLETED' });
    for (const who of [ada, boss]) {
      expect((await askAs(who, PAUSE, { id: done.id })).data?.pauseBatch).toMatchObject({
        code: 'INVALID_STATE',
        batch: { id: done.id, status: 'COMPLETED' },
      });
    }
    await server.testDatabase.sql('DELETE FROM batches WHERE id = $1', [done.uuid]);
  });

  test("an admin sees and controls everybody's, and they stay theirs", async () => {
    expect((await askAs(boss, DETAIL, { id: hers.id })).data?.batch).toMatchObject({ id: hers.id });
    const project = String(hers.projects[0]?.id);
    expect((await askAs(boss, PROJECT, { id: project })).data?.project).toMatchObject({ batch: { id: hers.id } });
    expect((await askAs(boss, PAUSE, { id: hers.id })).data?.pauseBatch).toMatchObject({ batch: { status: 'PAUSED' } });
    expect((await askAs(boss, RESUME, { id: hers.id })).data?.resumeBatch).toMatchObject({
      batch: { status: 'RUNNING' },
    });
    expect((await askAs(ada, DETAIL, { id: hers.id })).data?.batch).toMatchObject({ id: hers.id });
  });
});

describe.each(['subscribe', 'subscribeSse'] as const)('watching over %s', (over) => {
  test("another's batch is BATCH_NOT_FOUND, from the beginning and from a cursor on, and the stream ends", async () => {
    const watch = async (uuid: string, after?: string) => {
      const variables = { id: `batch_${uuid}`, ...(after === undefined ? {} : { after }) };
      const stream = server[over](WATCH, variables, bob.headers);
      const { value } = await stream.next();
      expect(await stream.next()).toMatchObject({ done: true });
      return value;
    };
    const cursorOf = (uuid: string) => encodeCursor(`progress of ${uuid}`, [1]);
    const told = await watch(hers.uuid);
    expect(told).toMatchObject({ errors: [{ extensions: { code: 'BATCH_NOT_FOUND' } }] });
    expect(told).toEqual(await watch(NOWHERE));
    const resumed = await watch(hers.uuid, cursorOf(hers.uuid));
    expect(resumed).toMatchObject({ errors: [{ extensions: { code: 'BATCH_NOT_FOUND' } }] });
    expect(resumed).toEqual(await watch(NOWHERE, cursorOf(NOWHERE)));
    // Also while its owner watches it.
    const watched = server[over](WATCH, { id: hers.id }, ada.headers);
    await watched.next();
    expect(await watch(hers.uuid)).toEqual(told);
    expect(await watch(hers.uuid, cursorOf(hers.uuid))).toEqual(resumed);
    await watched.return?.();
  });

  test('the own batch comes to its owner, whatever their role, and to an admin', async () => {
    const batch = await makeBatch(server, inputOf(1, { name: 'Watched' }), ada.headers);
    const streams = [ada, adaReads, boss].map(({ headers }) => server[over](WATCH, { id: batch.id }, headers));
    for (const stream of streams) {
      expect((await stream.next()).value).toMatchObject({ data: { batchProgress: { batch: { status: 'QUEUED' } } } });
    }
    await updateProject(server, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
    for (const stream of streams) {
      expect((await stream.next()).value).toMatchObject({
        data: { batchProgress: { batch: { status: 'COMPLETED' }, changes: [{ to: 'COMPLETED' }] } },
      });
      expect(await stream.next()).toMatchObject({ done: true });
    }
    await server.testDatabase.sql('DELETE FROM batches WHERE id = $1', [batch.uuid]);
  });

  test("batchUpdated tells of one's own batches alone, and an admin of everybody's", async () => {
    const [hersNow, hisNow] = [
      await makeBatch(server, inputOf(1, { name: 'Hers now' }), ada.headers),
      await makeBatch(server, inputOf(1, { name: 'His now' }), bob.headers),
    ];
    const streams = [ada, bob, boss].map(({ headers }) => server[over](WATCH_ALL, {}, headers));
    const [toldAda, toldBob, toldBoss] = streams.map((stream) => stream.next());
    // A stream begins some time after it was asked for.
    await expect.poll(() => server.feed.subscribers).toBe(streams.length);
    const of = (batch: MadeBatch) => ({ value: { data: { batchUpdated: { id: batch.id } } } });
    await updateProject(server, String(hersNow.projects[0]?.uuid), { status: 'COMPLETED' });
    expect(await toldBoss).toMatchObject(of(hersNow));
    await updateProject(server, String(hisNow.projects[0]?.uuid), { status: 'COMPLETED' });
    expect(await toldBob).toMatchObject(of(hisNow));
    expect(await toldAda).toMatchObject(of(hersNow));
    expect(await streams[2]?.next()).toMatchObject(of(hisNow));
    await Promise.all(streams.map((stream) => stream.return?.()));
    await server.testDatabase.sql('DELETE FROM batches WHERE id = ANY ($1)', [[hersNow.uuid, hisNow.uuid]]);
  });
});
