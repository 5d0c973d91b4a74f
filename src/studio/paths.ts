import { join } from 'node:path';
import { PermanentStageError } from './stage.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether this is a project id. Only these ever become part of a path. */
export function isProjectId(text: string): boolean {
  return UUID.test(text);
}

/** Where the work folders of all projects are. */
export function workRoot(dataDir: string): string {
  return join(dataDir, 'work');
}

/** The work folder of one project. Throws PermanentStageError for an id that is not a UUID. */
export function workFolder(dataDir: string, projectId: string): string {
  return join(workRoot(dataDir), checked(projectId));
}

/** Where finished projects are published. The web server serves it as /library, without dot files. */
export function libraryRoot(dataDir: string): string {
  return join(dataDir, 'library');
}

/** The published folder of one project. Throws PermanentStageError for an id that is not a UUID. */
export function libraryFolder(dataDir: string, projectId: string): string {
  return join(libraryRoot(dataDir), checked(projectId));
}

/** Where folders are put together before they appear in the library: on its own disk, so that a rename is enough. */
export function stagingRoot(dataDir: string): string {
  return join(libraryRoot(dataDir), '.staging');
}

/** The address of a published file, as a path on this service. */
export function libraryUrl(projectId: string, file: string): string {
  return `/library/${checked(projectId)}/${file}`;
}

function checked(projectId: string): string {
  if (!isProjectId(projectId)) throw new PermanentStageError('the project id is not a UUID');
  return projectId;
}
