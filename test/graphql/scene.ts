import type { CreateBatchInput } from '../../src/generated/gql/graphql.ts';
import type { TestServer } from '../helpers/server.ts';
import { CREATE } from './documents.ts';

/** A text of so many characters. */
export function textOf(length: number): string {
  return 'A text for tests. '.repeat(Math.ceil(length / 18)).slice(0, length);
}

/** The input for a batch with so many projects, Project 1 and so on. */
export function inputOf(projects: number, rest: Partial<CreateBatchInput> = {}): CreateBatchInput {
  return {
    name: 'A batch',
    projects: Array.from({ length: projects }, (_, at) => ({
      name: `Project ${at + 1}`,
      content: textOf(500),
    })),
    ...rest,
  };
}

/** A batch that was made through the API. */
export interface MadeBatch {
  id: string;
  uuid: string;
  projects: { id: string; uuid: string }[];
}

/** Makes a batch through the API; of its projects the first 20 are told. */
export async function makeBatch(
  server: TestServer,
  input: CreateBatchInput,
  headers?: Record<string, string>,
): Promise<MadeBatch> {
  const { data } = await server.query(CREATE, { input }, headers);
  const result = data?.createBatch;
  if (result?.__typename !== 'CreateBatchSuccess') {
    throw new Error(`no batch: ${JSON.stringify(result)}`);
  }
  const { id, projects } = result.batch;
  return {
    id,
    uuid: uuidIn(id),
    projects: present(projects.nodes).map((project) => ({ id: project.id, uuid: uuidIn(project.id) })),
  };
}

/** The items of a list that are there; the contract lets the items of a page be null. */
export function present<Item>(items: readonly (Item | null)[] | undefined): Item[] {
  return (items ?? []).filter((item) => item !== null);
}

/** The UUID in a global id. */
export function uuidIn(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}

/** Sets columns of a project by plain SQL, as psql or a worker in another language would. */
export async function updateProject(
  server: TestServer,
  uuid: string,
  columns: { status: string; fraction?: number; error_message?: string },
): Promise<void> {
  const names = Object.keys(columns);
  const list = names.map((name, at) => `${name} = $${at + 2}`).join(', ');
  await server.testDatabase.sql(`UPDATE projects SET ${list} WHERE id = $1`, [uuid, ...Object.values(columns)]);
}
