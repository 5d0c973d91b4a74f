import { STAGES, type Stage } from '../../src/studio/stage.ts';
import type { Studio } from '../../src/studio/studio.ts';
import { nowMs } from './clock.ts';

/** When a stage that does nothing ran, on the machine's clock. */
export interface StageTimes {
  /** The name of the project. */
  name: string;
  stage: Stage;
  startedMs: number;
}

/** A studio whose stages do nothing, so that all the time that passes is the engine's. */
export function idleStudio(onStage: (times: StageTimes) => void): Studio {
  return {
    async run(stage, { project: { name } }) {
      onStage({ name, stage, startedMs: nowMs() });
      return {};
    },
    async discardWork() {},
    listWork: async () => [],
  };
}

/** The last of the stages. */
export const LAST_STAGE = STAGES.at(-1);
