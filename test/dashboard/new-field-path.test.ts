import { expect, test } from 'vitest';
import { fieldAt, isSameField } from '../../src/dashboard/new/field-path.ts';

test('a path of the service leads to the text that was sent in that place', () => {
  const keys = [7, 9, 4];
  expect(fieldAt('projects[1].content', keys)).toEqual({ key: 9, part: 'content' });
  expect(fieldAt('projects[2].name', keys)).toEqual({ key: 4, part: 'name' });
  expect(fieldAt('projects[0]', keys)).toEqual({ key: 7, part: 'content' });
});

test('a path of the batch leads to its field', () => {
  expect(fieldAt('name', [])).toBe('name');
  expect(fieldAt('youtubeSettings.publishAt', [])).toBe('youtubeSettings.publishAt');
  expect(fieldAt('projects', [])).toBe('projects');
});

test('a place that was not sent leads to the texts as a whole, and an unknown path nowhere', () => {
  expect(fieldAt('projects[3].content', [1])).toBe('projects');
  expect(fieldAt('idempotencyKey', [])).toBeUndefined();
});

test('fields of texts are the same by text and part', () => {
  expect(isSameField({ key: 1, part: 'name' }, { key: 1, part: 'name' })).toBe(true);
  expect(isSameField({ key: 1, part: 'name' }, { key: 1, part: 'content' })).toBe(false);
  expect(isSameField('name', { key: 1, part: 'name' })).toBe(false);
});
