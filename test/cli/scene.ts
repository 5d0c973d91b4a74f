import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBatch } from '../../src/batches/create.ts';
import type { BatchInput } from '../../src/batches/input.ts';
import { batchInput } from '../helpers/engine.ts';
import { idleQueue, LIMITS, type TestServer } from '../helpers/server.ts';

/** A batch on a server on which nothing works: the test moves its projects. */
export interface Scene {
  /** batch_<uuid> */
  readonly batchId: string;
  /** UUIDs, in the order of the batch. */
  readonly projectIds: readonly string[];
  /** Gives a project, by its place, a status, and whatever else. */
  move(position: number, status: string, columns?: Record<string, string | number>): Promise<void>;
}

/** Makes a batch of so many waiting projects. */
export async function makeScene(
  { testDatabase: { database, sql } }: TestServer,
  projects: number,
  rest: Partial<BatchInput> = {},
): Promise<Scene> {
  const { batch } = await createBatch(database, idleQueue, LIMITS, batchInput(projects, rest));
  const rows = await sql('SELECT id FROM projects WHERE batch_id = $1 ORDER BY position', [batch.id]);
  const projectIds = rows.map(({ id }) => String(id));
  return {
    batchId: `batch_${batch.id}`,
    projectIds,
    async move(position, status, columns = {}) {
      const names = Object.keys(columns);
      const sets = names.map((name, index) => `, ${name} = $${index + 3}`).join('');
      await sql(`UPDATE projects SET status = $2::project_status${sets} WHERE id = $1`, [
        projectIds[position],
        status,
        ...Object.values(columns),
      ]);
    },
  };
}

/** Completes a project with these files in the library. */
export async function complete(
  { libraryDir }: TestServer,
  scene: Scene,
  position: number,
  files: { video: Uint8Array; thumbnail?: string; captions?: string },
): Promise<void> {
  const id = String(scene.projectIds[position]);
  const folder = `/library/${id}`;
  await mkdir(join(libraryDir, id), { recursive: true });
  const put = (name: string, content: Uint8Array | string = '') => writeFile(join(libraryDir, id, name), content);
  await put('video.mp4', files.video);
  await put('thumbnail.jpg', files.thumbnail);
  await put('captions.vtt', files.captions);
  await scene.move(position, 'COMPLETED', {
    video_url: `${folder}/video.mp4`,
    thumbnail_url: `${folder}/thumbnail.jpg`,
    captions_url: `${folder}/captions.vtt`,
  });
}
