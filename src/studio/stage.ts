/** The stages that a project goes through, in order. */
export const STAGES = ['script', 'assets', 'render', 'thumbnail', 'upload'] as const;

/** One of the five stages. */
export type Stage = (typeof STAGES)[number];

/** What a stage needs to know of a project. */
export interface StageProject {
  /** A UUID: it names folders, so anything else is refused. */
  id: string;
  /** Projects of one batch share a colour, derived from this id. */
  batchId: string;
  /** The title that viewers see: up to 200 code points. */
  name: string;
  /** The text to be shown: 500 to 10,000 code points. */
  content: string;
}

/** What one run of a stage is given. */
export interface StageContext {
  project: StageProject;
  /** The stage stops within a second of the abort and rejects with the signal's reason. */
  signal: AbortSignal;
  /** Told how much of the stage is done, 0 to 1; it only ever grows within a run. */
  onProgress: (fraction: number) => void;
}

/** Addresses that a finished stage adds to its project, as paths on this service. */
export interface StageResult {
  videoUrl?: string;
  thumbnailUrl?: string;
  captionsUrl?: string;
  /** Never set by the local studio, which publishes to its own library. */
  youtubeUrl?: string;
}

/** A failure that trying again can't help, such as a text without words. Every other error may be retried. */
export class PermanentStageError extends Error {
  override readonly name = 'PermanentStageError';
}
