import type { ProjectFieldsFragment, ProjectStatus, Stage } from '../../generated/dashboard-gql/graphql.ts';

/** The five stages, in order: the status of a project in each and after it, and its progress from and to there. */
export const STAGES = [
  { stage: 'SCRIPT', working: 'SCRIPT_GENERATING', from: 10, to: 20 },
  { stage: 'ASSETS', working: 'ASSETS_GENERATING', from: 40, to: 60 },
  { stage: 'RENDER', working: 'RENDERING', from: 75, to: 85 },
  { stage: 'THUMBNAIL', working: 'THUMBNAIL_GENERATING', from: 90, to: 95 },
  { stage: 'UPLOAD', working: 'UPLOADING', from: 98, to: 100 },
] as const satisfies readonly { stage: Stage; working: ProjectStatus; from: number; to: number }[];

/** How one stage of a project is doing. */
export interface Step {
  readonly stage: Stage;
  /** `stopped`: the project failed or was cancelled in it. */
  readonly state: 'done' | 'running' | 'stopped' | 'waiting';
  /** How much of it is done, 0 to 100. */
  readonly percent: number;
}

/** The stages of a project as its status and its progress tell. */
export function stepsOf({ status, progress }: Pick<ProjectFieldsFragment, 'status' | 'progress'>): Step[] {
  const current = STAGES.findIndex(({ to }) => progress < to);
  return STAGES.map(({ stage, working, from, to }, index) => {
    const percent = Math.max(0, Math.min(100, ((progress - from) / (to - from)) * 100));
    if (progress >= to) {
      return { stage, state: 'done', percent };
    }
    if (status === working) {
      return { stage, state: 'running', percent };
    }
    const hasStopped = status === 'FAILED' || (status === 'CANCELLED' && progress >= from);
    return { stage, state: index === current && hasStopped ? 'stopped' : 'waiting', percent };
  });
}
