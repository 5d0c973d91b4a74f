import { describe, expect, test } from 'vitest';
import type { Row } from '../helpers/database.ts';
import { addBatch, addProject, batchRow, insert, setBatch, stateOf, useBatch, usePlainSql } from './plain-sql.ts';

usePlainSql();

describe('the database refuses', () => {
  const long = (length: number) => 'x'.repeat(length);
  const youtube = { youtube_privacy: 'PUBLIC', youtube_publish_type: 'SCHEDULED', youtube_ai_content_flag: true };

  test.each<[string, Row]>([
    ['an empty name', { name: '' }],
    ['a name of 201 characters', { name: long(201) }],
    ['a negative failure limit', { failure_limit: -1 }],
    ['an empty idempotency key', { idempotency_key: '' }],
    ['an idempotency key of 201 characters', { idempotency_key: long(201) }],
    ['an owner of 256 characters', { owner: long(256) }],
    ['a publishing time that is not given', youtube],
    ['half of the YouTube settings', { youtube_privacy: 'PUBLIC' }],
    ['a counter below 0', { waiting_projects: -1, running_projects: 1 }],
    ['counters that do not add up', { total_projects: 1 }],
    ['a sum of progress below 0', { progress_sum: -1 }],
    ['a version below 1', { version: 0 }],
    ['a history that begins after its end', { history_from: 2 }],
  ])('a batch with %s', async (_, columns) => {
    expect(await stateOf(addBatch(columns))).toBe('23514');
  });

  test.each<[string, Row]>([
    ['an empty name', { name: '' }],
    ['a name of 201 characters', { name: long(201) }],
    ['a position below 0', { position: -1 }],
    ['a fraction below 0', { fraction: -0.1 }],
    ['a fraction above 1', { fraction: 1.1 }],
    ["a failed one's progress above 100", { status: 'FAILED', progress: 101 }],
    ['an attempt below 1', { attempt: 0 }],
    ['a claim below 0', { claim: -1 }],
    ['six stages done', { stages_done: 6 }],
    ['an error message of 501 characters', { error_message: long(501) }],
    ['a publishing time that is not given', youtube],
  ])('a project with %s', async (_, columns) => {
    expect(await stateOf(addProject(columns))).toBe('23514');
  });

  test.each<[string, Row]>([
    ['no name', { name: null }],
    ['no content', { content: null }],
    ['no status', { status: null }],
    ['no position', { position: null }],
  ])('a project with %s', async (_, columns) => {
    expect(await stateOf(addProject(columns))).toBe('23502');
  });

  test('a project of no batch, a second one at the same position, and a second batch with the same key', async () => {
    expect(await stateOf(addProject({ batch_id: crypto.randomUUID() }))).toBe('23503');
    await addProject();
    expect(await stateOf(addProject())).toBe('23505');
    const key = crypto.randomUUID();
    await addBatch({ idempotency_key: key });
    expect(await stateOf(addBatch({ idempotency_key: key }))).toBe('23505');
    await addBatch({ idempotency_key: key, owner: 'ada' });
    expect(await stateOf(addBatch({ idempotency_key: key, owner: 'ada' }))).toBe('23505');
  });

  test('another owner for a batch that is there', async () => {
    await useBatch({ owner: 'ada' });
    for (const owner of [`'bob'`, `''`, `'ADA'`]) {
      expect(await stateOf(setBatch(`owner = ${owner}`))).toBe('23000');
    }
    await setBatch(`owner = 'ada', paused_at = now()`);
    expect(await batchRow()).toMatchObject({ owner: 'ada', status: 'PAUSED' });
  });

  test('a key to sign with that is not 32 bytes', async () => {
    const add = (bytes: number) => insert('signing_keys', [{ name: crypto.randomUUID(), key: Buffer.alloc(bytes) }]);
    expect(await stateOf(add(31))).toBe('23514');
    expect(await stateOf(add(33))).toBe('23514');
    await add(32);
  });

  test('nothing of the greatest lengths that are allowed', async () => {
    await addBatch({
      owner: '🔑'.repeat(255),
      name: '字'.repeat(200),
      idempotency_key: crypto.randomUUID() + '🔑'.repeat(164),
      failure_limit: 0,
    });
    await addProject({ name: '字'.repeat(200), error_message: long(500), fraction: 1 });
  });
});
