import { rm } from 'node:fs/promises';
import { sweepAsides } from './aside.ts';
import { captionsFile, ensureAssets } from './assets.ts';
import { diskError } from './disk-error.ts';
import { listWork } from './list-work.ts';
import { libraryFolder, libraryUrl, stagingRoot, workFolder } from './paths.ts';
import { ensureVideo, videoFile } from './render.ts';
import { ensureScript } from './script.ts';
import type { Work } from './sealed-folder.ts';
import type { Stage, StageContext, StageResult } from './stage.ts';
import { ensureThumbnail, thumbnailFile } from './thumbnail.ts';
import { publish } from './upload.ts';

/** Makes videos of projects, a stage at a time. */
export interface Studio {
  /**
   * Runs one stage of a project. Running it again is always safe: after a kill, after it was done, and
   * while another process runs it. What an earlier stage should have left and has not is made anew.
   * Rejects with the signal's reason after an abort, with PermanentStageError when a retry can't help,
   * and with any other error when it may.
   */
  run(stage: Stage, context: StageContext): Promise<StageResult>;
  /** Removes what is left of the work on a project that ended; safe to call at any time and twice. */
  discardWork(projectId: string): Promise<void>;
  /** The ids of all projects of which there is work: also of those that a process left behind when it died. */
  listWork(): Promise<string[]>;
}

/** A studio that works in DATA_DIR/work and publishes to DATA_DIR/library, on this machine alone. */
export function createLocalStudio({ dataDir }: { dataDir: string }): Studio {
  return {
    async run(stage, context) {
      const { project, signal } = context;
      try {
        signal.throwIfAborted();
        const work: Work = { project, folder: workFolder(dataDir, project.id), signal };
        await sweepAsides(work.folder);
        return await stageRuns[stage](dataDir, work, growing(context.onProgress));
      } catch (error) {
        // Whatever broke because of the abort, the abort is why.
        throw signal.aborted ? signal.reason : diskError(error);
      }
    },

    async discardWork(projectId) {
      try {
        await rm(workFolder(dataDir, projectId), { recursive: true, force: true, maxRetries: 5 });
        await sweepAsides(stagingRoot(dataDir), projectId);
      } catch (error) {
        throw diskError(error);
      }
    },

    listWork: () => listWork(dataDir),
  };
}

type StageRun = (dataDir: string, work: Work, onProgress: (fraction: number) => void) => Promise<StageResult>;

const stageRuns: Readonly<Record<Stage, StageRun>> = {
  async script(_dataDir, work) {
    await ensureScript(work);
    return {};
  },
  async assets(_dataDir, work, onProgress) {
    await ensureAssets(work, onProgress);
    return {};
  },
  async render(_dataDir, work, onProgress) {
    await ensureVideo(work, onProgress);
    return {};
  },
  async thumbnail(_dataDir, work) {
    await ensureThumbnail(work);
    return {};
  },
  async upload(dataDir, work, onProgress) {
    const { id } = work.project;
    await sweepAsides(stagingRoot(dataDir), id);
    await publish(work, libraryFolder(dataDir, id), stagingRoot(dataDir), onProgress);
    return {
      videoUrl: libraryUrl(id, videoFile),
      thumbnailUrl: libraryUrl(id, thumbnailFile),
      captionsUrl: libraryUrl(id, captionsFile),
    };
  },
};

/** Lets through only what is more than before. */
function growing(onProgress: (fraction: number) => void): (fraction: number) => void {
  let reached = 0;
  return (fraction) => {
    if (fraction <= reached) return;
    reached = Math.min(1, fraction);
    onProgress(reached);
  };
}
