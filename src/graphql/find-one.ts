import { BatchNotFound, ProjectNotFound } from '../errors.ts';
import { BatchObject } from './batch.ts';
import { builder } from './builder.ts';
import { FieldCost } from './field-costs.ts';
import { uuidOf } from './global-ids.ts';
import { ProjectObject } from './project.ts';

builder.queryFields((t) => ({
  batch: t.field({
    type: BatchObject,
    nullable: true,
    description: 'One batch. Null with a top-level BATCH_NOT_FOUND error where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Global id of the batch: batch_<uuid>.' }) },
    complexity: FieldCost.statement,
    resolve: async (_root, { id }, { loaders }) => {
      const uuid = uuidOf('Batch', id);
      const batch = uuid === undefined ? undefined : await loaders.batch.load(uuid);
      if (batch === undefined) {
        throw new BatchNotFound(id);
      }
      return batch;
    },
  }),
  project: t.field({
    type: ProjectObject,
    nullable: true,
    description: 'One project. Null with a top-level PROJECT_NOT_FOUND error where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Global id of the project: project_<uuid>.' }) },
    complexity: FieldCost.statement,
    resolve: async (_root, { id }, { loaders }) => {
      const uuid = uuidOf('Project', id);
      const project = uuid === undefined ? undefined : await loaders.project.load(uuid);
      if (project === undefined) {
        throw new ProjectNotFound(id);
      }
      return project;
    },
  }),
}));
