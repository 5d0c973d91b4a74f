import { estimateRemainingMs, type StageMeasure } from '../batches/measure.ts';
import { STAGE_STATUSES } from '../batches/states.ts';
import { BatchObject } from './batch.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';
import { StageEnum } from './stage.ts';

const BatchStage = builder.objectRef<StageMeasure>('BatchStage').implement({
  description: 'How one stage of a batch is doing.',
  fields: (t) => ({
    stage: t.expose('stage', { type: StageEnum, description: 'Which of the five it is.' }),
    remainingProjects: t.exposeInt('remainingProjects', {
      description: 'Projects that wait or run and have not finished it.',
    }),
    measuredProjects: t.exposeInt('measuredProjects', {
      description: "Projects that the mean is made of: those that finished it lately, by the batch's history.",
    }),
    meanDurationMs: t.exposeFloat('meanDurationMs', {
      nullable: true,
      description: 'How long it took them on average, in milliseconds. Null where none was measured.',
    }),
  }),
});

builder.objectFields(BatchObject, (t) => ({
  stages: t.field({
    type: [BatchStage],
    description:
      'The five stages, in order. Read from the history each time: ask for it now and then, and not in a subscription.',
    complexity: { field: FieldCost.measure, multiplier: STAGE_STATUSES.length },
    resolve: ({ id }, _args, { loaders }) => loaders.stages.load(id),
  }),
  estimatedRemainingMs: t.float({
    nullable: true,
    description:
      'How long until it ends, in milliseconds, going by its own stages so far. Null while there is no basis: a stage that remains was not yet measured, or the batch is paused or closed, or nothing remains. As costly as stages.',
    complexity: FieldCost.measure,
    resolve: async (batch, _args, { loaders }) => estimateRemainingMs(batch, await loaders.stages.load(batch.id)),
  }),
}));
