import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import {
  type ASTNode,
  buildSchema,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  findBreakingChanges,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  parse,
  type TypeDefinitionNode,
  visit,
} from 'graphql';
import { expect, test } from 'vitest';
import codegen from '../codegen.ts';
import { printedSchema, SCHEMA_FILE } from '../src/graphql/print.ts';

const root = join(import.meta.dirname, '..');
/** The public contract, beside the repository where the project is worked on; elsewhere the committed schema stands for it. */
const contract = join(root, '../shared/contract.graphql');

test('schema.graphql is what the code makes; otherwise run npm run schema', async () => {
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(printedSchema());
});

test('everything in the schema is described', () => {
  const undescribed: string[] = [];
  const path: string[] = [];
  visit(parse(printedSchema()), {
    enter(node) {
      if (isDefinition(node)) {
        path.push(node.name.value);
        if (node.description === undefined) {
          undescribed.push(path.join('.'));
        }
      }
    },
    leave(node) {
      if (isDefinition(node)) {
        path.pop();
      }
    },
  });
  expect(undescribed).toEqual([]);
});

type Definition = TypeDefinitionNode | FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode;

function isDefinition(node: ASTNode): node is Definition {
  const { FIELD_DEFINITION, INPUT_VALUE_DEFINITION, ENUM_VALUE_DEFINITION } = Kind;
  const parts: string[] = [FIELD_DEFINITION, INPUT_VALUE_DEFINITION, ENUM_VALUE_DEFINITION];
  return isTypeDefinitionNode(node) || parts.includes(node.kind);
}

test('nothing that the contract promises is broken', async () => {
  const promised = existsSync(contract) ? contract : SCHEMA_FILE;
  const schema = buildSchema(await readFile(promised, 'utf8'));
  expect(findBreakingChanges(schema, buildSchema(printedSchema()))).toEqual([]);
});

test('the generated documents are up to date; otherwise run npm run generate', async () => {
  const files = await generate({ ...codegen, cwd: root, silent: true }, false);
  expect(files.length).toBeGreaterThan(0);
  for (const { filename, content } of files) {
    const path = relative(root, join(root, filename));
    expect({ path, content: await readFile(join(root, path), 'utf8') }).toEqual({ path, content });
  }
}, 60_000);
