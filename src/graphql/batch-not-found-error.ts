import { BatchNotFound } from '../errors.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './error.ts';

builder.objectType(BatchNotFound, {
  name: 'BatchNotFoundError',
  description: 'There is no batch with that id.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    batchId: t.exposeID('batchId', { description: 'The id, as it was given.' }),
  }),
});
