import { ProjectNotFound } from '../errors.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './error.ts';

builder.objectType(ProjectNotFound, {
  name: 'ProjectNotFoundError',
  description: 'There is no project with that id in that batch.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    projectId: t.exposeID('projectId', { description: 'The id, as it was given.' }),
  }),
});
