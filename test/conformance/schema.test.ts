import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { printedSchema } from '../../src/graphql/print.ts';

const schema = buildSchema(printedSchema());

/** What is promised: to clients that are in use, and, where the project is worked on, by the contract beside it. */
const PROMISES = [
  ['what was given out last', join(import.meta.dirname, 'released.graphql')],
  ['the contract', join(import.meta.dirname, '../../../shared/contract.graphql')],
].filter(([_what, file]) => existsSync(String(file)));

/**
 * Additions that may surprise a client, each looked at: a client that handles every value of an enum
 * or every type of a union meets one that it does not know; one that names arguments by place is rare.
 */
const ACCEPTED: readonly string[] = [
  // Optional, and without them the list is what it was.
  'An optional argument Batch.projects(offset:) was added.',
  'An optional argument Batch.events(kind:) was added.',
];

describe.each(PROMISES)('%s', (_what, file) => {
  const promised = async (): Promise<GraphQLSchema> => buildSchema(await readFile(String(file), 'utf8'));

  test('nothing of it is broken', async () => {
    expect(findBreakingChanges(await promised(), schema)).toEqual([]);
  });

  test('what was added to it surprises no client that was not thought of', async () => {
    const changes = findDangerousChanges(await promised(), schema).map(({ description }) => description);
    expect(changes.filter((change) => !ACCEPTED.includes(change))).toEqual([]);
  });
});

test('a change that breaks clients, or may surprise them, is seen', () => {
  const changed = buildSchema(
    printedSchema()
      .replace('  totalProjects: Int!', '  howManyProjects: Int!')
      .replace('enum ErrorCode {', 'enum ErrorCode {\n  "Something new."\n  NEW_CODE\n'),
  );
  expect(findBreakingChanges(schema, changed)).toMatchObject([{ type: 'FIELD_REMOVED' }]);
  expect(findDangerousChanges(schema, changed)).toMatchObject([{ type: 'VALUE_ADDED_TO_ENUM' }]);
});

test('it is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

describe('the description', () => {
  const described = describable(schema);

  test('of everything is there', () => {
    expect(described.length).toBeGreaterThan(200);
    expect(described.filter(({ description }) => !description?.trim())).toEqual([]);
  });

  test('has a few words, and says more than the name does', () => {
    expect(described.filter(({ description }) => wordsOf(description).length < 3)).toEqual([]);
    expect(described.filter(onlyRepeats)).toEqual([]);
  });

  test('ends as a sentence does', () => {
    expect(described.filter(({ description }) => !description?.endsWith('.'))).toEqual([]);
  });

  test.each([
    ['status', 'The status.', true],
    ['Batch.cancelledProjects', 'Cancelled projects.', true],
    ['Query.batch(id)', 'The ID of it.', true],
    ['BATCH_NOT_FOUND', 'A batch was not found.', true],
    ['Batch.status', 'How it is doing.', false],
    ['Batch.createdAt', 'When it was made.', false],
  ])('of %s is taken for its name again where it is "%s": %s', (path, description, expected) => {
    expect(onlyRepeats({ path, description })).toBe(expected);
  });
});

/** Something of the schema that can have a description. */
interface Described {
  /** Batch, Batch.status, Batch.projects(first), ErrorCode.INVALID_INPUT */
  path: string;
  description: string | null | undefined;
}

function describable(of: GraphQLSchema): Described[] {
  return Object.values(of.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => {
      const within = (name: string) => `${type.name}.${name}`;
      const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
      return [
        { path: type.name, description: type.description },
        ...(isEnumType(type) ? type.getValues() : []).map(({ name, description }) => ({
          path: within(name),
          description,
        })),
        ...(isInputObjectType(type) ? Object.values(type.getFields()) : []).map(({ name, description }) => ({
          path: within(name),
          description,
        })),
        ...fields.flatMap(({ name, description, args }) => [
          { path: within(name), description },
          ...args.map((argument) => ({ path: `${within(name)}(${argument.name})`, description: argument.description })),
        ]),
      ];
    });
}

/** Words that say nothing by themselves. */
const FILLING = new Set(
  wordsOf('A an the this that these those of its it is was are were be been has have in on at to for and or'),
);

/** Whether a description has no word that the name of the thing does not have. */
function onlyRepeats({ path, description }: Described): boolean {
  const name = new Set(wordsOf(path.split(/[.(]/).at(-1)));
  return wordsOf(description).every((word) => name.has(word) || FILLING.has(word));
}

/** The words of a text or of a name, in lower case and without the s of a plural. */
function wordsOf(text: string | null | undefined): string[] {
  const words =
    (text ?? '')
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.map((word) => word.replace(/s$/, ''));
}
