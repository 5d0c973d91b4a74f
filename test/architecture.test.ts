import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';

/** What each room may import besides itself, errors, messages and log. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  auth: [],
  database: ['generated'],
  batches: ['database'],
  feed: ['database', 'batches'],
  studio: [],
  engine: ['batches', 'studio', 'database', 'tracing'],
  graphql: ['auth', 'batches', 'feed', 'generated'],
  http: ['auth', 'graphql', 'tracing'],
  metrics: ['database'],
  tracing: ['database'],
  dashboard: ['generated'],
  cli: ['generated'],
  errors: [],
  messages: [],
  log: [],
  config: [],
};
/** Single files with a right of their own. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'graphql/builder.ts': ['database'],
};
const SHARED = ['errors', 'messages', 'log'];
const COMPOSITION_ROOTS = ['main', 'demo'];
const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|types?|common|misc)\.tsx?$/;
const MAX_LINES = 400;
const MAX_FUNCTION_LINES = 100;

const root = resolve(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('generated/'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  .map((source) => ({ ...source, parsed: parseSync(source.file, source.text) }));

/** The room, or the top-level file without its ending, that a path below src belongs to. */
function roomOf(path: string): string {
  return path.split('/')[0]?.replace(/\.tsx?$/, '') ?? '';
}

/** The paths below src that a file imports or re-exports, types included. */
function importsOf({ file, parsed }: (typeof files)[number]): string[] {
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const specifiers = [
    ...staticImports.map((entry) => entry.moduleRequest.value),
    ...staticExports.flatMap((entry) => entry.entries.map((each) => each.moduleRequest?.value)),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) =>
      files.find((each) => each.file === file)?.text.slice(start + 1, end - 1),
    ),
  ];
  return specifiers
    .filter((specifier) => specifier?.startsWith('.') === true)
    .map((specifier) => relative(root, resolve(root, dirname(file), String(specifier))));
}

test('every room imports only what the design allows it', () => {
  const offences = files.flatMap((source) => {
    const room = roomOf(source.file);
    if (COMPOSITION_ROOTS.includes(room)) {
      return [];
    }
    const allowed = [room, ...SHARED, ...(MAY_IMPORT[room] ?? []), ...(EXCEPTIONS[source.file] ?? [])];
    return importsOf(source)
      .filter((path) => !allowed.includes(roomOf(path)))
      .map((path) => `${source.file} -> ${path}`);
  });
  expect(offences).toEqual([]);
});

test('every file belongs to a room of the design', () => {
  const known = [...Object.keys(MAY_IMPORT), ...COMPOSITION_ROOTS];
  expect(files.map(({ file }) => file).filter((file) => !known.includes(roomOf(file)))).toEqual([]);
});

test('no file imports itself in a circle', () => {
  const graph = new Map(files.map((source) => [source.file, importsOf(source)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (!done.has(file)) {
      for (const next of graph.get(file) ?? []) {
        visit(next, [...path, file]);
      }
      done.add(file);
    }
  };
  for (const file of graph.keys()) {
    visit(file, []);
  }
  expect(circles).toEqual([]);
});

test('only the configuration, the composition roots and the entry of the terminal client read the environment', () => {
  const readers = files.filter(({ text }) => /process\.env\b/.test(text)).map(({ file }) => file);
  expect(readers.filter((file) => !COMPOSITION_ROOTS.includes(roomOf(file)))).toEqual(['cli/main.ts']);
});

test('files are named after what they do and stay short', () => {
  expect(files.map(({ file }) => file).filter((file) => FORBIDDEN_NAMES.test(file))).toEqual([]);
  const odd = files.map(({ file }) => file).filter((file) => !/^([a-z0-9-]+\/)*[a-z0-9.-]+\.tsx?$/.test(file));
  expect(odd).toEqual([]);
  const long = files.filter(({ text }) => text.split('\n').length > MAX_LINES);
  expect(long.map(({ file }) => file)).toEqual([]);
});

test('functions stay under a hundred lines', () => {
  const long: string[] = [];
  for (const { file, text, parsed } of files) {
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) {
        return;
      }
      const { type, start, end } = node as { type?: string; start?: number; end?: number };
      if (/Function/.test(type ?? '') && start !== undefined && end !== undefined) {
        const lines = text.slice(start, end).split('\n').length;
        if (lines > MAX_FUNCTION_LINES) {
          long.push(`${file}: ${lines} lines at ${text.slice(start, start + 40)}`);
        }
      }
      Object.values(node).forEach(visit);
    };
    visit(parsed.program);
  }
  expect(long).toEqual([]);
});
