import { describe, expect, test } from 'vitest';
import { type BatchInput, checkInput, lengthOf } from '../../src/batches/input.ts';
import { batchInput, testLimits } from '../helpers/engine.ts';

const NOW = new Date('2026-11-23T00:00:00Z');
const ID = '0193a1b2-0000-7000-8000-000000000000';
const EMOJI = '🎬';

function fieldsOf(input: BatchInput, limits = testLimits): string[] {
  return checkInput(input, limits, NOW).map(({ field }) => field);
}

function withContent(content: string): BatchInput {
  return batchInput(1, { projects: [{ name: 'P', content }] });
}

const scheduled = (publishAt: Date | null | undefined) =>
  batchInput(1, {
    youtubeSettings: { privacy: 'PUBLIC', publishType: 'SCHEDULED', publishAt, aiContentFlag: true },
  });

describe('a batch is accepted', () => {
  test.each([
    ['with nothing but what is needed', batchInput(1)],
    [
      'with every optional value null',
      batchInput(1, { configurationId: null, failureLimit: null, idempotencyKey: null }),
    ],
    ['with a name of 200 emoji', batchInput(1, { name: EMOJI.repeat(200) })],
    ['with a text of 500 code points', withContent('a'.repeat(500))],
    ['with a text of 10,000 code points', withContent('a'.repeat(10_000))],
    ['with a text of 500 emoji, which are 1,000 UTF-16 units', withContent(EMOJI.repeat(500))],
    ['with a text that is blank but for one letter', withContent(`${'\u200b '.repeat(300)}a`)],
    ['with a text of 10,000 emoji', withContent(EMOJI.repeat(10_000))],
    [
      'with ids that are UUIDs, in upper case too',
      batchInput(1, { configurationId: ID, promptTemplateId: ID.toUpperCase() }),
    ],
    ['with a failure limit of 0', batchInput(1, { failureLimit: 0 })],
    ['with an idempotency key of 200 code points', batchInput(1, { idempotencyKey: EMOJI.repeat(200) })],
    ['to be published a millisecond from now', scheduled(new Date(NOW.getTime() + 1))],
    [
      'to be published at once, whatever publishAt says',
      batchInput(1, {
        youtubeSettings: { privacy: 'PUBLIC', publishType: 'IMMEDIATE', publishAt: new Date(0), aiContentFlag: false },
      }),
    ],
  ])('%s', (_name, input) => {
    expect(fieldsOf(input)).toEqual([]);
  });
});

describe('a batch is refused', () => {
  test.each([
    ['an empty name', batchInput(1, { name: '' }), 'name'],
    ['a name of white space alone', batchInput(1, { name: ' \t\u3000' }), 'name'],
    ['a name of zero-width characters', batchInput(1, { name: '\u200b\u2060\u00ad\ufeff' }), 'name'],
    ['a name of 201 code points', batchInput(1, { name: 'n'.repeat(201) }), 'name'],
    ['a name with NUL', batchInput(1, { name: 'a\0b' }), 'name'],
    ['a name with half of a surrogate pair', batchInput(1, { name: 'a\uD83Cb' }), 'name'],
    ['no projects', batchInput(0), 'projects'],
    [
      'a blank name of a project',
      batchInput(1, { projects: [{ name: ' ', content: 'a'.repeat(500) }] }),
      'projects[0].name',
    ],
    [
      'a long name of a project',
      batchInput(1, { projects: [{ name: 'n'.repeat(201), content: 'a'.repeat(500) }] }),
      'projects[0].name',
    ],
    ['a text of 499 code points', withContent('a'.repeat(499)), 'projects[0].content'],
    ['a text of 499 emoji, though they are 998 UTF-16 units', withContent(EMOJI.repeat(499)), 'projects[0].content'],
    ['a text of 10,001 code points', withContent('a'.repeat(10_001)), 'projects[0].content'],
    ['a text of 500 spaces', withContent(' '.repeat(500)), 'projects[0].content'],
    [
      'a text of white space and zero-width characters',
      withContent('\u200b\n\u3000\u0007'.repeat(200)),
      'projects[0].content',
    ],
    ['a text with NUL', withContent(`${'a'.repeat(500)}\0`), 'projects[0].content'],
    ['a text with the second half of a surrogate pair', withContent(`${'a'.repeat(500)}\uDFAC`), 'projects[0].content'],
    ['a configuration that is no UUID', batchInput(1, { configurationId: 'x' }), 'configurationId'],
    ['an empty prompt template', batchInput(1, { promptTemplateId: '' }), 'promptTemplateId'],
    ['a UUID with something behind it', batchInput(1, { promptTemplateId: `${ID}\n` }), 'promptTemplateId'],
    ['an unknown model', batchInput(1, { geminiModel: 'gpt' }), 'geminiModel'],
    ['a scheduled time that is missing', scheduled(undefined), 'youtubeSettings.publishAt'],
    ['a scheduled time that is null', scheduled(null), 'youtubeSettings.publishAt'],
    ['a scheduled time that is now', scheduled(NOW), 'youtubeSettings.publishAt'],
    ['a negative failure limit', batchInput(1, { failureLimit: -1 }), 'failureLimit'],
    ['an empty idempotency key', batchInput(1, { idempotencyKey: '' }), 'idempotencyKey'],
    ['an idempotency key of 201 code points', batchInput(1, { idempotencyKey: 'k'.repeat(201) }), 'idempotencyKey'],
    ['an idempotency key with NUL', batchInput(1, { idempotencyKey: '\0' }), 'idempotencyKey'],
  ])('for %s', (_name, input, field) => {
    expect(fieldsOf(input)).toEqual([field]);
  });

  test('for more projects than the operator allows, without a look at each', () => {
    const input = batchInput(0, { projects: Array.from({ length: 4 }, () => ({ name: '', content: '' })) });
    const issues = checkInput(input, { ...testLimits, maxProjects: 3 }, NOW);
    expect(issues).toEqual([{ field: 'projects', said: { key: 'tooManyProjects', max: 3, actual: 4 } }]);
  });
});

test('all mistakes come at once, in the order of the input', () => {
  const input: BatchInput = {
    owner: '',
    name: '',
    projects: [
      { name: '', content: '太短了' },
      { name: 'fine', content: 'a'.repeat(500) },
      { name: 'n'.repeat(201), content: '' },
    ],
    configurationId: 'x',
    promptTemplateId: 'y',
    geminiModel: '',
    youtubeSettings: { privacy: 'PUBLIC', publishType: 'SCHEDULED', aiContentFlag: true },
    failureLimit: -5,
    idempotencyKey: '',
  };
  expect(fieldsOf(input)).toEqual([
    'name',
    'projects[0].name',
    'projects[0].content',
    'projects[2].name',
    'projects[2].content',
    'configurationId',
    'promptTemplateId',
    'geminiModel',
    'youtubeSettings.publishAt',
    'failureLimit',
    'idempotencyKey',
  ]);
});

test('a message carries the length in code points', () => {
  const [issue] = checkInput(withContent('太短了'), testLimits, NOW);
  expect(issue?.said).toEqual({ key: 'contentLength', name: 'P', min: 500, max: 10_000, actual: 3 });
  expect(lengthOf(`a${EMOJI}\uD83C`)).toBe(3);
});
