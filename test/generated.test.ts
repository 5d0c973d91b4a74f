import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { expect, test } from 'vitest';
import codegen from '../codegen.ts';
import { printedSchema, SCHEMA_FILE } from '../src/graphql/print.ts';

const root = join(import.meta.dirname, '..');

test('schema.graphql is what the code makes; otherwise run npm run schema', async () => {
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(printedSchema());
});

test('the generated documents are up to date; otherwise run npm run generate', async () => {
  const files = await generate({ ...codegen, cwd: root, silent: true }, false);
  expect(files.length).toBeGreaterThan(0);
  for (const { filename, content } of files) {
    const path = relative(root, join(root, filename));
    expect({ path, content: await readFile(join(root, path), 'utf8') }).toEqual({ path, content });
  }
}, 60_000);
