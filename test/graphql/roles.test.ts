import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { isTimedOut, isUnavailable } from '../../src/database/sqlstate.ts';
import { makeContext, runOperation, runSubscription, type Services, schema } from '../../src/graphql/index.ts';
import { createLog } from '../../src/log.ts';
import { idleQueue, LIMITS, startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';
import { CANCEL, CREATE, DETAIL, LIST, PAUSE, RESUME, RETRY, WATCH } from './documents.ts';
import { inputOf, type MadeBatch, makeBatch } from './scene.ts';
import { ask, TRANSPORTS } from './transports.ts';

const ada = tokenOf('ada', 'operator');
const adaReads = tokenOf('ada', 'viewer');
const boss = tokenOf('boss', 'admin');

let server: TestServer;
let batch: MadeBatch;
beforeAll(async () => {
  server = await startTestServer({ tokens: entriesOf(ada, adaReads, boss) });
  batch = await makeBatch(server, inputOf(2), ada.headers);
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(TRANSPORTS)('over %s', (over) => {
  test('a viewer reads, and every mutation is FORBIDDEN and changes nothing', async () => {
    const { headers } = adaReads;
    const state = () => server.testDatabase.sql('SELECT * FROM batches ORDER BY id');
    const before = await state();
    const answers = [
      await ask(server, over, CREATE, { input: inputOf(1) }, headers),
      // Also where the batch does not exist, or the input is wrong: that is not looked at.
      await ask(server, over, CREATE, { input: inputOf(0, { name: '' }) }, headers),
      await ask(server, over, PAUSE, { id: batch.id }, headers),
      await ask(server, over, PAUSE, { id: 'no id' }, headers),
      await ask(server, over, RESUME, { id: batch.id }, headers),
      await ask(server, over, CANCEL, { id: batch.id }, headers),
      await ask(server, over, RETRY, { id: batch.id }, headers),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        data: null,
        errors: [
          {
            message: 'This takes the role operator (current: viewer)',
            path: [expect.stringMatching(/Batch$/)],
            extensions: { code: 'FORBIDDEN' },
          },
        ],
      });
    }
    expect(await state()).toEqual(before);
    expect(server.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    expect((await ask(server, over, DETAIL, { id: batch.id }, headers)).data?.batch).toMatchObject({ id: batch.id });
    expect((await ask(server, over, LIST, {}, headers)).data?.batches).toMatchObject({ totalCount: 1 });
  });

  test('the refusal comes in the language of the caller', async () => {
    const headers = { ...adaReads.headers, 'accept-language': 'zh-TW' };
    const { errors } = await ask(server, over, PAUSE, { id: batch.id }, headers);
    expect(errors).toMatchObject([{ message: '此操作需要 operator 角色（當前：viewer）' }]);
  });

  test('an operator and an admin control', async () => {
    for (const { headers } of [ada, boss]) {
      const paused = await ask(server, over, PAUSE, { id: batch.id }, headers);
      expect(paused.data?.pauseBatch).toMatchObject({ batch: { status: 'PAUSED' } });
      const resumed = await ask(server, over, RESUME, { id: batch.id }, headers);
      expect(resumed.data?.resumeBatch).toMatchObject({ batch: { status: 'QUEUED' } });
    }
  });
});

test.each(['subscribe', 'subscribeSse'] as const)('a viewer watches over %s', async (over) => {
  const { data } = await ask(server, over, WATCH, { id: batch.id }, adaReads.headers);
  expect(data?.batchProgress).toMatchObject({ batch: { id: batch.id } });
});

test('who asks is told as whom the service knows them', async () => {
  const viewer = async (headers: Record<string, string>) =>
    (await server.queryText('{ viewer { subject role } }', headers)).data?.['viewer'];
  expect(await viewer(ada.headers)).toEqual({ subject: 'ada', role: 'OPERATOR' });
  expect(await viewer(adaReads.headers)).toEqual({ subject: 'ada', role: 'VIEWER' });
  expect(await viewer(boss.headers)).toEqual({ subject: 'boss', role: 'ADMIN' });
  await using open = await startTestServer();
  expect((await open.queryText('{ viewer { subject role } }')).data).toEqual({
    viewer: { subject: '', role: 'ADMIN' },
  });
});

describe('inside the service', () => {
  /** The context of a caller. */
  function contextOf(principal: Principal) {
    const services: Services = {
      database: server.testDatabase.database,
      feed: server.feed,
      queue: idleQueue,
      limits: LIMITS,
      isUnavailable,
      isTimedOut,
      signFileUrl: (url) => url,
    };
    return makeContext(services, { principal, locale: 'en', requestId: 'r', log: createLog('silent') });
  }

  test('every field of every root takes a role, subscriptions among them', async () => {
    // There is no such role, and no way to be given it.
    const nobody: Principal = JSON.parse('{ "id": "x", "subject": "ada", "role": "nobody" }');
    const context = contextOf(nobody);
    const refused = (needed: string) => ({
      errors: [{ message: `This takes the role ${needed} (current: nobody)`, extensions: { code: 'FORBIDDEN' } }],
    });
    const calls = [
      ['viewer', 'query { viewer { role } }'],
      ['viewer', 'query { limits { maxBodyBytes } }'],
      ['viewer', 'query { batches { totalCount } }'],
      ['viewer', `query { batch(id: "${batch.id}") { id } }`],
      ['viewer', `query { project(id: "${batch.projects[0]?.id}") { id } }`],
      ['viewer', `query { node(id: "${batch.id}") { id } }`],
      ['viewer', `query { nodes(ids: ["${batch.id}"]) { id } }`],
      ['operator', `mutation { createBatch(input: { name: "x", projects: [] }) { __typename } }`],
      ['operator', `mutation { pauseBatch(input: { batchId: "${batch.id}" }) { __typename } }`],
      ['operator', `mutation { resumeBatch(input: { batchId: "${batch.id}" }) { __typename } }`],
      ['operator', `mutation { cancelBatch(input: { batchId: "${batch.id}" }) { __typename } }`],
      ['operator', `mutation { retryBatch(input: { batchId: "${batch.id}" }) { __typename } }`],
      ['viewer', 'subscription { batchUpdated { id } }'],
      ['viewer', `subscription { batchProgress(batchId: "${batch.id}") { cursor } }`],
    ] as const;
    for (const [needed, text] of calls) {
      const run = text.startsWith('subscription') ? runSubscription : runOperation;
      expect([text, await run({ schema, document: parse(text) }, context)]).toMatchObject([text, refused(needed)]);
    }
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}));
    expect(fields.filter((name) => !calls.some(([, text]) => text.includes(`{ ${name}`)))).toEqual([]);
    expect(server.feed.subscribers).toBe(0);
  });

  test('what is below a root asks for no role again', async () => {
    let asked = 0;
    const principal: Principal = {
      id: 'x',
      subject: 'ada',
      expiresAtMs: undefined,
      get role() {
        asked++;
        return 'viewer' as const;
      },
    };
    const askedFor = async (text: string) => {
      const context = contextOf(principal);
      asked = 0;
      const { errors } = await runOperation({ schema, document: parse(text) }, context);
      expect(errors).toBeUndefined();
      return asked;
    };
    const deep = `{ batch(id: "${batch.id}") { name projects { totalCount nodes { name batch { name } } } } }`;
    expect(await askedFor(deep)).toBe(await askedFor(`{ batch(id: "${batch.id}") { id } }`));
  });
});
