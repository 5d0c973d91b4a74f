import { join } from 'node:path';
import type { WatchedProjectFragment } from '../generated/cli-gql/graphql.ts';
import type { Service } from './client.ts';
import { type Downloaded, downloadFile } from './download-file.ts';
import { RefusedError, SignInError, UnwritableError } from './failures.ts';
import { fileStem } from './file-names.ts';

/** One file of one project: where it is, and where it goes. */
export interface WantedFile {
  readonly project: WatchedProjectFragment;
  readonly url: string;
  readonly file: string;
}

/** What came of a file: it is there, or why not. */
export type FileOutcome = WantedFile & ({ readonly downloaded: Downloaded } | { readonly problem: string });

/** Which files of a project, besides its video. */
export interface FileChoice {
  readonly thumbnails?: boolean | undefined;
  readonly captions?: boolean | undefined;
}

/** The files to download of projects that have them, in the order of the batch. */
export function wantedFiles(
  { url }: Service,
  projects: readonly WatchedProjectFragment[],
  folder: string,
  totalProjects: number,
  { thumbnails, captions }: FileChoice,
): WantedFile[] {
  return projects.flatMap((project) => {
    const stem = join(folder, fileStem(project, totalProjects));
    const kinds = [
      { path: project.videoUrl, ending: '.mp4' },
      { path: thumbnails ? project.thumbnailUrl : null, ending: '.jpg' },
      { path: captions ? project.captionsUrl : null, ending: '.vtt' },
    ];
    return kinds.flatMap(({ path, ending }) =>
      path == null ? [] : { project, url: new URL(path, url).href, file: stem + ending },
    );
  });
}

/** How to download, and whom to tell. */
export interface DownloadOptions {
  readonly concurrency: number;
  readonly overwrite?: boolean | undefined;
  onProgress?(wanted: WantedFile, bytes: number, totalBytes: number | undefined): void;
  /** Told once per file. */
  onOutcome(outcome: FileOutcome): void;
}

/**
 * Downloads files, a few at a time, in order. A file that can't be had does not keep the others back;
 * a service that has gone away ends it all with a ConnectionError, one that does not take the token
 * with a SignInError, a full disk with an UnwritableError.
 */
export async function downloadAll(
  service: Service,
  files: readonly WantedFile[],
  { concurrency, overwrite, onProgress, onOutcome }: DownloadOptions,
): Promise<void> {
  const { signal } = service;
  // The first error ends all: what is half there is gone on with by the next call.
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const queue = files.values();
  const work = async () => {
    for (const wanted of queue) {
      const { url, file } = wanted;
      const tell = (bytes: number, totalBytes: number | undefined) => onProgress?.(wanted, bytes, totalBytes);
      try {
        const downloaded = await downloadFile({ service, url, file, overwrite, signal: stop, onProgress: tell });
        onOutcome({ ...wanted, downloaded });
      } catch (error) {
        const isForAll = error instanceof UnwritableError || error instanceof SignInError;
        if (isForAll || !(error instanceof RefusedError)) {
          failed.abort(error);
          throw error;
        }
        onOutcome({ ...wanted, problem: error.message });
      }
    }
  };
  // All of them, as each has something to put in order.
  const ended = await Promise.allSettled(Array.from({ length: concurrency }, work));
  if (ended.some(({ status }) => status === 'rejected')) {
    signal?.throwIfAborted();
    throw failed.signal.reason;
  }
}
