import { buildSchema, type GraphQLField, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { printedSchema } from '../../src/graphql/print.ts';
import { inputOf, type MadeBatch, makeBatch, updateProject, uuidIn } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

// What Relay expects of a server: its GraphQL server specification, and its specification of connections.

const schema = buildSchema(printedSchema());

let server: TestServer;
let batch: MadeBatch;
let other: MadeBatch;
beforeAll(async () => {
  server = await startTestServer();
  batch = await makeBatch(server, inputOf(7));
  other = await makeBatch(server, inputOf(7));
  for (let made = 0; made < 5; made++) {
    await makeBatch(server, inputOf(1));
  }
  for (const { projects } of [batch, other]) {
    for (const status of ['SCRIPT_GENERATING', 'SCRIPT_GENERATED', 'ASSETS_GENERATING', 'RENDERING', 'FAILED']) {
      await updateProject(server, String(projects[0]?.uuid), { status });
    }
  }
});
afterAll(() => server[Symbol.asyncDispose]());

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await server.queryText(query, {}, variables);
  return { data, errors };
}

describe('a node', () => {
  const node = schema.getType('Node');
  const types = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
  const idOf: Record<string, () => string> = {
    Batch: () => batch.id,
    Project: () => String(batch.projects[0]?.id),
  };

  test('can be any of these types', () => {
    expect(types.toSorted()).toEqual(Object.keys(idOf).toSorted());
  });

  test.each(types)('%s is fetched again by its id, as what it was', async (type) => {
    const id = idOf[type]?.();
    const fields = '__typename id name status progress version createdAt';
    const root = type.toLowerCase();
    const query = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${fields} } } ${root}(id: $id) { ${fields} } }`;
    const { data } = await ask(query, { id });
    expect(data?.['node']).toMatchObject({ __typename: type, id });
    expect(data?.['node']).toEqual(data?.[root]);
  });

  test('is null where there is none, and that is no error', async () => {
    const unknown = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';
    for (const id of [
      '',
      'x',
      'batch_',
      'batch_1',
      `batch_${unknown}`,
      `project_${unknown}`,
      `user_${unknown}`,
      unknown,
    ]) {
      expect(await ask('query One($id: ID!) { node(id: $id) { id } }', { id })).toEqual({
        data: { node: null },
        errors: undefined,
      });
    }
  });

  test('comes in the order that was asked for, as often as it was asked for', async () => {
    const project = String(batch.projects[1]?.id);
    const ids = [project, batch.id, 'x', project, other.id];
    const { data } = await ask('query Many($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(data).toEqual({ nodes: ids.map((id) => (id === 'x' ? null : { id })) });
  });
});

const Page = z.object({
  edges: z.array(z.object({ cursor: z.string(), node: z.record(z.string(), z.unknown()) })),
  nodes: z.array(z.record(z.string(), z.unknown())),
  pageInfo: z.object({
    hasNextPage: z.boolean(),
    hasPreviousPage: z.boolean(),
    startCursor: z.string().nullable(),
    endCursor: z.string().nullable(),
  }),
});
type Page = z.output<typeof Page>;

/** What stands in the place of `list`, in a node or at the top. */
const Listed = z.union([
  z.object({ node: z.object({ list: Page }) }).transform(({ node }) => node.list),
  z.object({ list: Page }).transform(({ list }) => list),
]);

interface Args {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

const ARGS = '$first: Int, $after: String, $last: Int, $before: String';
const PASS = 'first: $first, after: $after, last: $last, before: $before';
const page = (row: string) =>
  `{ edges { cursor node { ${row} } } nodes { ${row} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
const EVENT = 'kind version at change { from to project { id } }';

/** Every connection of the schema: how its list is asked for, of which node, and of which other. */
const CONNECTIONS: Record<string, { query: string; id?: () => string; otherId?: () => string }> = {
  'Query.batches': { query: `query (${ARGS}) { list: batches(${PASS}) ${page('id')} }` },
  'Batch.projects': {
    query: `query ($id: ID!, ${ARGS}) { node(id: $id) { ... on Batch { list: projects(${PASS}) ${page('id position')} } } }`,
    id: () => batch.id,
    otherId: () => other.id,
  },
  'Batch.events': {
    query: `query ($id: ID!, ${ARGS}) { node(id: $id) { ... on Batch { list: events(${PASS}) ${page(EVENT)} } } }`,
    id: () => batch.id,
    otherId: () => other.id,
  },
  'Project.events': {
    query: `query ($id: ID!, ${ARGS}) { node(id: $id) { ... on Project { list: events(${PASS}) ${page(EVENT)} } } }`,
    id: () => String(batch.projects[0]?.id),
    otherId: () => String(other.projects[0]?.id),
  },
};
const NAMES = Object.keys(CONNECTIONS);

function ofConnection(name: string, args: Args, which: 'id' | 'otherId' = 'id') {
  const connection = CONNECTIONS[name];
  const id = connection?.[which]?.();
  return ask(String(connection?.query), { ...(id && { id }), ...args });
}

async function pageOf(name: string, args: Args, which: 'id' | 'otherId' = 'id'): Promise<Page> {
  const { data, errors } = await ofConnection(name, args, which);
  expect(errors).toBeUndefined();
  const list = Listed.parse(data);
  // The parts of one page agree with each other.
  expect(list.nodes).toEqual(list.edges.map(({ node }) => node));
  expect(list.pageInfo.startCursor).toBe(list.edges.at(0)?.cursor ?? null);
  expect(list.pageInfo.endCursor).toBe(list.edges.at(-1)?.cursor ?? null);
  return list;
}

const cursorsOf = ({ edges }: Page) => edges.map(({ cursor }) => cursor);

function fieldsWithPages(): [string, GraphQLField<unknown, unknown>][] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields())
          .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
          .map((field): [string, GraphQLField<unknown, unknown>] => [`${type.name}.${field.name}`, field])
      : [],
  );
}

describe('a connection', () => {
  test('is any of these', () => {
    expect(
      fieldsWithPages()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(NAMES.toSorted());
  });

  test.each(fieldsWithPages())('%s has the shape that Relay wants', (_name, field) => {
    const args = Object.fromEntries(field.args.map(({ name, type }) => [name, String(type)]));
    expect(args).toMatchObject({ first: 'Int', after: 'String', last: 'Int', before: 'String' });
    const typesOf = (name: string) => {
      const type = schema.getType(name);
      return isObjectType(type)
        ? Object.fromEntries(Object.values(type.getFields()).map((each) => [each.name, String(each.type)]))
        : {};
    };
    const connection = getNamedType(field.type).name;
    expect(String(field.type)).toBe(`${connection}!`);
    expect(typesOf(connection)).toMatchObject({ edges: `[${connection}Edge]!`, pageInfo: 'PageInfo!' });
    expect(typesOf(`${connection}Edge`)).toMatchObject({ cursor: 'String!', node: expect.stringMatching(/^\w+!$/) });
    expect(typesOf('PageInfo')).toEqual({
      hasNextPage: 'Boolean!',
      hasPreviousPage: 'Boolean!',
      startCursor: 'String',
      endCursor: 'String',
    });
  });
});

describe.each(NAMES)('%s', (name) => {
  test('is the same list forwards and backwards, in pages of any size, and says at each step what is on either side', async () => {
    const all = await pageOf(name, { first: 100 });
    expect(all.edges.length).toBeGreaterThanOrEqual(5);
    expect(new Set(cursorsOf(all)).size).toBe(all.edges.length);
    expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect(await pageOf(name, { last: 100 })).toEqual(all);
    const count = all.edges.length;
    for (const size of [1, 2, 3, count - 1, count, count + 1]) {
      const forwards: Page['edges'] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { edges, pageInfo }: Page = await pageOf(name, { first: size, ...(after && { after }) });
        expect(pageInfo.hasPreviousPage).toBe(forwards.length > 0);
        forwards.push(...edges);
        expect(pageInfo.hasNextPage).toBe(forwards.length < count);
        after = pageInfo.endCursor;
        more = pageInfo.hasNextPage;
      }
      expect(forwards).toEqual(all.edges);
      const backwards: Page['edges'] = [];
      for (let before: string | null = null, more = true; more; ) {
        const { edges, pageInfo }: Page = await pageOf(name, { last: size, ...(before && { before }) });
        expect(pageInfo.hasNextPage).toBe(backwards.length > 0);
        backwards.unshift(...edges);
        expect(pageInfo.hasPreviousPage).toBe(backwards.length < count);
        before = pageInfo.startCursor;
        more = pageInfo.hasPreviousPage;
      }
      expect(backwards).toEqual(all.edges);
    }
  });

  test('can be cut between any two rows, which are then the ends of the list', async () => {
    const all = await pageOf(name, { first: 100 });
    const cursors = cursorsOf(all);
    for (let from = 0; from < cursors.length; from++) {
      for (let to = from + 1; to < cursors.length; to += 2) {
        const between = all.edges.slice(from + 1, to);
        const cut = { after: String(cursors[from]), before: String(cursors[to]) };
        const first = await pageOf(name, { first: 2, ...cut });
        expect(first.edges).toEqual(between.slice(0, 2));
        expect(first.pageInfo.hasNextPage).toBe(between.length > 2);
        const last = await pageOf(name, { last: 2, ...cut });
        expect(last.edges).toEqual(between.slice(-2));
        expect(last.pageInfo.hasPreviousPage).toBe(between.length > 2);
      }
    }
  });

  test('has empty pages that know what is around them', async () => {
    const all = await pageOf(name, { first: 100 });
    const [first, last] = [String(cursorsOf(all).at(0)), String(cursorsOf(all).at(-1))];
    const empty = { edges: [], nodes: [] };
    const info = (hasNextPage: boolean, hasPreviousPage: boolean) => ({
      pageInfo: { hasNextPage, hasPreviousPage, startCursor: null, endCursor: null },
    });
    expect(await pageOf(name, { first: 0 })).toEqual({ ...empty, ...info(true, false) });
    expect(await pageOf(name, { last: 0 })).toEqual({ ...empty, ...info(false, true) });
    expect(await pageOf(name, { first: 0, after: first })).toEqual({ ...empty, ...info(true, true) });
    expect(await pageOf(name, { first: 5, after: last })).toEqual({ ...empty, ...info(false, true) });
    expect(await pageOf(name, { last: 5, before: first })).toEqual({ ...empty, ...info(true, false) });
  });

  test.each([{ first: -1 }, { last: -1 }, { first: 1, last: 1 }])('has no page of %j', async (args) => {
    const { data, errors } = await ofConnection(name, args);
    expect(Listed.safeParse(data).success).toBe(false);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
  });

  test.each(['after', 'before'] as const)('takes no cursor of another list as %s', async (argument) => {
    const cursors = new Set(cursorsOf(await pageOf(name, { first: 100 })));
    for (const foreign of NAMES) {
      for (const which of ['id', 'otherId'] as const) {
        const cursor = cursorsOf(await pageOf(foreign, { first: 1 }, which))[0] ?? '';
        if (cursors.has(cursor)) {
          continue;
        }
        const { errors } = await ofConnection(name, { [argument]: cursor });
        expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: argument } }]);
      }
    }
  });
});

describe('the cursor of a row that is no more', () => {
  /** How a row goes, of each connection. */
  const remove: Record<string, (node: Page['nodes'][number]) => Promise<unknown>> = {
    'Query.batches': ({ id }) => server.testDatabase.sql('DELETE FROM batches WHERE id = $1', [uuidIn(String(id))]),
    'Batch.projects': ({ id }) => server.testDatabase.sql('DELETE FROM projects WHERE id = $1', [uuidIn(String(id))]),
    'Batch.events': ({ version }) =>
      server.testDatabase.sql('DELETE FROM batch_events WHERE batch_id = $1 AND version = $2', [batch.uuid, version]),
    'Project.events': ({ version }) =>
      server.testDatabase.sql('DELETE FROM batch_events WHERE batch_id = $1 AND version = $2', [batch.uuid, version]),
  };

  // One after the other, and the list of batches last: each changes those after it.
  test.each(NAMES.toReversed())('stays a place in %s', async (name) => {
    const all = await pageOf(name, { first: 100 });
    const at = 2;
    const gone = all.edges[at];
    await remove[name]?.(gone?.node ?? {});
    const rest = (await pageOf(name, { first: 100 })).edges.map(({ cursor }) => cursor);
    expect(rest).not.toContain(gone?.cursor);
    const cursor = String(gone?.cursor);
    const following = await pageOf(name, { first: 100, after: cursor });
    const preceding = await pageOf(name, { last: 100, before: cursor });
    expect([...cursorsOf(preceding), ...cursorsOf(following)]).toEqual(rest);
    expect(following.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(preceding.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });
});
