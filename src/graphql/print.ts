import { writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

/** Where the printed schema is kept. */
export const SCHEMA_FILE = new URL('schema.graphql', import.meta.url);

/** The schema as text, in the order of the alphabet. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

if (import.meta.main) {
  await writeFile(SCHEMA_FILE, printedSchema());
}
