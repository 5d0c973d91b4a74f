import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { SCHEMA_FILE } from '../../src/graphql/print.ts';
import { createTestFolder } from '../helpers/process.ts';

const COMPILER = createRequire(import.meta.url).resolve('relay-compiler/cli.js');
const DOCUMENTS = join(import.meta.dirname, 'relay');

const CONFIG = {
  src: './src',
  schema: './schema.graphql',
  artifactDirectory: './artifacts',
  language: 'typescript',
  customScalarTypes: { DateTime: 'string' },
  requireCustomScalarTypes: true,
};

/** A folder with the schema, as an application with Relay would have it, and these documents by module. */
async function makeProject(dir: string, documents: Record<string, string>): Promise<void> {
  await mkdir(join(dir, 'src'));
  await mkdir(join(dir, 'artifacts'));
  await cp(SCHEMA_FILE, join(dir, 'schema.graphql'));
  await writeFile(join(dir, 'relay.config.json'), JSON.stringify(CONFIG));
  for (const [module, text] of Object.entries(documents)) {
    // One document in each, as Relay wants it.
    const tagged = text.split(/\n(?=fragment |query |mutation |subscription )/).map((one) => `graphql\`${one}\`;`);
    await writeFile(join(dir, 'src', `${module}.ts`), tagged.join('\n'));
  }
}

/** Runs the compiler on a project. Rejects with what it says where it does not take everything. */
function compile(dir: string) {
  return promisify(execFile)(process.execPath, [COMPILER, 'relay.config.json'], { cwd: dir });
}

test('relay-compiler takes the schema, with pages, refetching, live changes and updates of lists', async () => {
  await using folder = await createTestFolder();
  const files = await readdir(DOCUMENTS);
  const texts = await Promise.all(files.map((file) => readFile(join(DOCUMENTS, file), 'utf8')));
  const documents = Object.fromEntries(files.map((file, at) => [basename(file, '.graphql'), String(texts[at])]));
  await makeProject(folder.path, documents);
  await compile(folder.path);
  const artifacts = await readdir(join(folder.path, 'artifacts'));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/^(?:query|mutation|subscription|fragment) (\w+)|queryName: "(\w+)"/gm)].map(([, own, made]) =>
      String(own ?? made),
    ),
  );
  expect(artifacts).toEqual(expect.arrayContaining(names.map((name) => `${name}.graphql.ts`)));
  // The lists are connections to Relay, and everything that has pages can be fetched again by its id.
  const page = await readFile(join(folder.path, 'artifacts', 'BatchPageProjectsQuery.graphql.ts'), 'utf8');
  expect(page).toMatch(/\bnode\(id: \$id\)/);
});

test('relay-compiler does not take what the schema does not have', async () => {
  await using folder = await createTestFolder();
  await makeProject(folder.path, { Nothing: 'query NothingQuery { nothing }' });
  await expect(compile(folder.path)).rejects.toMatchObject({ stderr: expect.stringContaining('nothing') });
});
