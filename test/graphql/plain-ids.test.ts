import { execute, parse } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/index.ts';

test('an event of a subscription is executed without a promise, global ids and all', () => {
  const batch = { id: '019a0000-0000-7000-8000-000000000001', name: 'One', version: 2 };
  const project = { id: '019a0000-0000-7000-8000-000000000002', name: 'Two' };
  const document = parse(`subscription {
    batchProgress(batchId: "any") { cursor batch { id name } progressed { id name } }
  }`);
  const rootValue = { batch, changes: [], progressed: [project], reset: false };
  expect(execute({ schema, document, rootValue, contextValue: {} })).toEqual({
    data: {
      batchProgress: {
        cursor: expect.any(String),
        batch: { id: `batch_${batch.id}`, name: 'One' },
        progressed: [{ id: `project_${project.id}`, name: 'Two' }],
      },
    },
  });
});
