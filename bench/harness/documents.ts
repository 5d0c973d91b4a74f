import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, print, separateOperations, visit } from 'graphql';

const FILE = resolve(import.meta.dirname, '../../src/dashboard/api/documents.graphql');
const operations = separateOperations(parse(readFileSync(FILE, 'utf8')));

/** A document of the dashboard, as it is sent: the operation of this name with its fragments. */
export function dashboardDocument(name: string): string {
  const found = operations[name];
  if (found === undefined) {
    throw new Error(`the dashboard has no operation ${name}`);
  }
  // Apollo's own directive, which never leaves the browser.
  return print(visit(found, { Directive: ({ name }) => (name.value === 'nonreactive' ? null : undefined) }));
}
