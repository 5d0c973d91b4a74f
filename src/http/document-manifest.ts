import { readFile } from 'node:fs/promises';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { StartError } from '../errors.ts';
import { checkDocument, type DocumentLimits, parseDocument, schema } from '../graphql/index.ts';
import { OWN_MANIFESTS } from './built.ts';
import { TrustedDocuments } from './trusted-documents.ts';

/** TRUSTED_DOCUMENTS, or the file that it names, is wrong: one problem per line. */
export class TrustedDocumentsError extends StartError {
  override readonly name = 'TrustedDocumentsError';
}

/** As the generators of Relay and of typed documents write it. */
const ById = z.record(z.string(), z.string());

const APOLLO_FORMAT = 'apollo-persisted-query-manifest';

/** As Apollo's generator writes it. */
const Apollo = z.object({
  format: z.literal(APOLLO_FORMAT),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

/** Problems that are told at once. */
const MAX_PROBLEMS = 10;

/**
 * Reads the documents that a manifest trusts, and those of this service's own clients. Throws
 * TrustedDocumentsError for what is no manifest, and for a document that the service could not run.
 */
export async function loadTrustedDocuments(path: string, limits: DocumentLimits): Promise<TrustedDocuments> {
  const own = await Promise.all(OWN_MANIFESTS.map(readManifest));
  const given = await readManifest(path);
  const problems = given.flatMap(([id, text]) => {
    const problem = problemOf(text, limits);
    return problem === undefined
      ? []
      : [wrong(`documents that this service can run in ${path}`, `${quoted(id)}: ${problem}`)];
  });
  const seen = new Set<string>();
  for (const [id] of given) {
    if (seen.has(id)) {
      problems.push(wrong(`each id once in ${path}`, `${quoted(id)} again`));
    }
    seen.add(id);
  }
  if (problems.length > 0) {
    const more =
      problems.length > MAX_PROBLEMS ? [`TRUSTED_DOCUMENTS: and ${problems.length - MAX_PROBLEMS} more`] : [];
    throw new TrustedDocumentsError([...problems.slice(0, MAX_PROBLEMS), ...more].join('\n'));
  }
  return new TrustedDocuments(new Map([...own.flat(), ...given]));
}

/** The ids and texts in a manifest of either form. */
async function readManifest(path: string): Promise<[id: string, text: string][]> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new TrustedDocumentsError(
      wrong('the path of a JSON file', `${quoted(path)}, which can't be read: ${reasonOf(error)}`),
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new TrustedDocumentsError(wrong(`JSON in ${path}`, `something else: ${reasonOf(error)}`));
  }
  if (typeof json === 'object' && json !== null && 'format' in json && json.format === APOLLO_FORMAT) {
    const { operations } = inForm(Apollo, json, path);
    return operations.map(({ id, body }) => [id, body]);
  }
  return Object.entries(inForm(ById, json, path));
}

function inForm<Form>(form: z.ZodType<Form>, json: unknown, path: string): Form {
  const { data, error } = form.safeParse(json);
  if (data !== undefined) {
    return data;
  }
  const [issue] = error?.issues ?? [];
  const place = issue?.path.length ? `at ${issue.path.map(String).join('.')}: ` : '';
  throw new TrustedDocumentsError(
    wrong(
      `texts of documents by their ids ({ "<id>": "<text>" }), or a manifest of Apollo, in ${path}`,
      `something else: ${place}${issue?.message}`,
    ),
  );
}

/** Why a document can't be run; undefined where it can. */
function problemOf(text: string, limits: DocumentLimits): string | undefined {
  try {
    return checkDocument(schema, parseDocument(text, limits), limits)[0]?.message;
  } catch (error) {
    if (error instanceof GraphQLError) {
      return error.message;
    }
    throw error;
  }
}

function wrong(expected: string, got: string): string {
  return `TRUSTED_DOCUMENTS: expected ${expected}, got ${got}`;
}

function quoted(text: string): string {
  return `'${text}'`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
