import { readdir, readFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import type { CreateProjectInput } from '../generated/gql/graphql.ts';
import { RequestError, request } from './client.ts';
import { CreateBatch } from './documents.ts';

/** A batch that was just made. */
export interface SubmittedBatch {
  id: string;
  name: string;
  totalProjects: number;
}

const TEXT_ENDINGS = ['.txt', '.md'];

/** The texts of a folder, .txt and .md, by file name; each file's name without its ending names its project. */
export async function readTexts(folder: string): Promise<CreateProjectInput[]> {
  const names = (await readdir(folder)).filter((name) => TEXT_ENDINGS.includes(extname(name))).sort();
  return Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(folder, name), 'utf8');
      // A byte order mark is no part of the text.
      return { name: parse(name).name, content: content.replace(/^\uFEFF/, '').trim() };
    }),
  );
}

/** Makes a batch of texts. Throws RequestError, which names every text that was refused, or ConnectionError. */
export async function submit(url: string, name: string, projects: CreateProjectInput[]): Promise<SubmittedBatch> {
  const { createBatch } = await request(url, CreateBatch, { input: { name, projects } });
  if (createBatch.__typename === 'CreateBatchSuccess') {
    return createBatch.batch;
  }
  const reasons =
    createBatch.__typename === 'InvalidInputError'
      ? createBatch.issues.map(({ field, message }) => `${field}: ${message}`)
      : [createBatch.message];
  throw new RequestError(reasons.join('\n'));
}
