import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { type DocumentNode, print } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
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
  RETRY,
  WATCH,
} from '../graphql/documents.ts';
import { inputOf, type MadeBatch, makeBatch } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** How many requests each of the tests makes. */
const CASES = 200;
/** What may be left of them in memory: caches that fill, compiled code. A leak of all of them would be more. */
const LEFT_BYTES = 24 * 1024 * 1024;

let server: TestServer;
let batch: MadeBatch;
beforeAll(async () => {
  server = await startTestServer();
  batch = await makeBatch(server, inputOf(3));
});
afterAll(() => server[Symbol.asyncDispose]());

interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

/** Operations as clients send them. */
function validOperations(): Operation[] {
  const { id, projects } = batch;
  const input = { batchId: id };
  const of = (document: DocumentNode, variables: Record<string, unknown>) => ({ query: print(document), variables });
  return [
    of(CREATE, { input: inputOf(1) }),
    of(DETAIL, { id }),
    of(LIST, { first: 10, status: ['QUEUED'], search: 'batch' }),
    of(PROJECTS, { id, first: 2 }),
    of(EVENTS, { id, first: 2 }),
    of(NODES, { ids: [id, projects[0]?.id] }),
    of(PROJECT, { id: projects[0]?.id }),
    of(PAUSE, { input }),
    of(CANCEL, { input }),
    of(RETRY, { input }),
    of(WATCH, { id }),
  ];
}

/** Pieces that parsers, validators and databases trip over. */
const ODD_TEXTS = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '$',
  '@',
  '!',
  '...',
  '"',
  '"""',
  '#',
  ':',
  '\\',
  '\0',
  '\u{feff}',
  '\ud800',
  '\u202e',
  ' on ',
  ' __typename ',
  ' __schema{types{name}} ',
  '@skip(if: true)',
  '@include(if: $no)',
  'fragment F on Batch{...F}',
  '__proto__',
  'constructor',
  'toString',
  '1e999',
  '-0',
  '99999999999999999999',
  'null',
  'true',
  "'; DROP TABLE batches; --",
];
const ODD_VALUES: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  -(2 ** 31),
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\0',
  '\ud800',
  '%',
  '_',
  '\\',
  'x'.repeat(70_000),
  [],
  {},
  [[]],
  [null],
  { __proto__: null, constructor: { prototype: {} } },
  'batch_x',
  '2026-13-45T99:99:99Z',
];

const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary', maxLength: 12 }));
const oddValue = fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 3 }));

/** Puts pieces into a text, or in the place of a part of it. */
const textEdits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20), oddText), { maxLength: 3 });

function editText(text: string, edits: readonly [number, number, string][]): string {
  return edits.reduce((edited, [share, length, piece]) => {
    const at = Math.floor(share * edited.length);
    return edited.slice(0, at) + piece + edited.slice(at + length);
  }, text);
}

/** Puts values in the place of others, wherever they are. */
const valueEdits = fc.array(fc.tuple(fc.nat(1_000), oddValue), { maxLength: 2 });

function editValues(value: unknown, edits: readonly [number, unknown][]): unknown {
  return edits.reduce<unknown>((edited, [nth, odd]) => {
    const places = countPlaces(edited);
    return replaceAt(edited, nth % places, odd);
  }, value);
}

function countPlaces(value: unknown): number {
  return 1 + childrenOf(value).reduce((sum, [, child]) => sum + countPlaces(child), 0);
}

function replaceAt(value: unknown, place: number, odd: unknown): unknown {
  if (place === 0) {
    return odd;
  }
  let left = place - 1;
  const children = childrenOf(value).map(([key, child]): [string, unknown] => {
    const places = countPlaces(child);
    const isHere = left >= 0 && left < places;
    const replaced = isHere ? replaceAt(child, left, odd) : child;
    left -= places;
    return [key, replaced];
  });
  return Array.isArray(value) ? children.map(([, child]) => child) : Object.fromEntries(children);
}

function childrenOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** What is done to which operation. */
interface Edits {
  nth: number;
  textEdits: [number, number, string][];
  valueEdits: [number, unknown][];
}

const cases: fc.Arbitrary<Edits> = fc.record({ nth: fc.nat(100), textEdits, valueEdits });

function operationOf({ nth, textEdits: texts, valueEdits: values }: Edits) {
  const operations = validOperations();
  const { query, variables } = operations[nth % operations.length] ?? { query: '', variables: {} };
  return { query: editText(query, texts), variables: editValues(variables, values) };
}

/** What any answer has to be: data or errors, each error with a message and a code, and no surprise among them. */
function expectWellFormed(result: unknown): void {
  expect(result).toBeTypeOf('object');
  const { data, errors }: { data?: unknown; errors?: unknown } = { ...(result ?? {}) };
  expect(data !== undefined || errors !== undefined).toBe(true);
  if (errors !== undefined) {
    expect(Array.isArray(errors) && errors.length > 0).toBe(true);
    for (const error of Array.isArray(errors) ? errors : []) {
      expect(error).toMatchObject({ message: expect.any(String), extensions: { code: expect.any(String) } });
      expect(error.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
      expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:\d|prisma|SELECT |postgres/i);
    }
  }
}

/** The result of an answer; the first one of a stream of them, which is left then. */
async function firstResult(response: Response): Promise<unknown> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    return response.json();
  }
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const data = /^data: (.+)$/m.exec(text)?.[1];
    if (data !== undefined) {
      return JSON.parse(data);
    }
  }
  throw new Error(`a stream without a result: ${text}`);
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}

async function expectNothingLeft(run: () => Promise<void>): Promise<void> {
  await run();
  const before = heapBytes();
  await run();
  expect(heapBytes() - before).toBeLessThan(LEFT_BYTES);
  expect((await server.queryText('{ __typename }')).data).toEqual({ __typename: 'Query' });
  await expect.poll(() => server.feed.subscribers).toBe(0);
}

test('whatever is made of an operation over HTTP, the answer is well-formed', { timeout: 300_000 }, async () => {
  const accepts = ['application/json', 'application/graphql-response+json', '*/*'];
  await expectNothingLeft(() =>
    fc.assert(
      fc.asyncProperty(cases, fc.constantFrom(...accepts), fc.boolean(), async (changed, accept, byGet) => {
        const { query, variables } = operationOf(changed);
        const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
        const isGet = byGet && search.toString().length < 8_000;
        const response = isGet
          ? await fetch(`${server.url}/graphql?${search}`, { headers: { accept } })
          : await fetch(`${server.url}/graphql`, {
              method: 'POST',
              headers: { accept, 'content-type': 'application/json' },
              body: JSON.stringify({ query, variables }),
            });
        expect(response.status).toBeLessThan(500);
        expectWellFormed(await firstResult(response));
      }),
      { numRuns: CASES },
    ),
  );
});

test('whatever is made of a body, the answer is well-formed', { timeout: 300_000 }, async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    oddText.map((text) => Buffer.from(text)),
  );
  const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), bytes), {
    minLength: 1,
    maxLength: 3,
  });
  await expectNothingLeft(() =>
    fc.assert(
      fc.asyncProperty(fc.nat(100), edits, async (nth, changes) => {
        const operations = validOperations();
        const body = changes.reduce<Buffer>(
          (edited, [share, length, piece]) => {
            const at = Math.floor(share * edited.length);
            return Buffer.concat([edited.subarray(0, at), piece, edited.subarray(at + length)]);
          },
          Buffer.from(JSON.stringify(operations[nth % operations.length])),
        );
        const response = await fetch(`${server.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: new Uint8Array(body),
        });
        expect(response.status).toBeLessThan(500);
        expectWellFormed(await response.json());
      }),
      { numRuns: CASES },
    ),
  );
});

test('whatever is made of an operation over WebSocket, it is answered, and the connection stays', {
  timeout: 300_000,
}, async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const answers = new Map<string, (message: { type: string; payload?: unknown }) => void>();
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    answers.get(message.id)?.(message);
  });
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  let last = 0;
  await expectNothingLeft(() =>
    fc.assert(
      fc.asyncProperty(cases, async (changed) => {
        const id = String(++last);
        const { query, variables } = operationOf(changed);
        fc.pre(typeof variables === 'object' && variables !== null && !Array.isArray(variables));
        const answer = new Promise<{ type: string; payload?: unknown }>((resolve) => answers.set(id, resolve));
        socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
        const { type, payload } = await answer;
        answers.delete(id);
        if (type !== 'complete') {
          expect(['next', 'error']).toContain(type);
          expectWellFormed(type === 'error' ? { errors: payload } : payload);
        }
        socket.send(JSON.stringify({ id, type: 'complete' }));
        expect(socket.readyState).toBe(socket.OPEN);
      }),
      { numRuns: CASES },
    ),
  );
  socket.terminate();
});
