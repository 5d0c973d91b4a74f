import { expect, test } from 'vitest';
import { matchLocale } from '../../src/http/locale.ts';

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['en', 'en'],
  ['en-GB,en;q=0.9', 'en'],
  ['zh', 'zh-Hant'],
  ['ZH', 'zh-Hant'],
  ['zh-TW', 'zh-Hant'],
  ['zh-tw', 'zh-Hant'],
  ['zh-Hant', 'zh-Hant'],
  ['zh-Hant-HK', 'zh-Hant'],
  ['zh-HK', 'zh-Hant'],
  ['zh-MO', 'zh-Hant'],
  ['zh-CN', 'en'],
  ['zh-Hans-TW', 'en'],
  ['fr,de', 'en'],
  ['fr, zh-TW;q=0.7, en;q=0.3', 'zh-Hant'],
  ['en;q=0.3,zh-TW;q=0.7', 'zh-Hant'],
  ['zh-TW;q=0.3, en;q=0.7', 'en'],
  ['zh-TW;q=0, en', 'en'],
  ['zh-TW;q=0', 'en'],
  ['zh-TW; Q=0.9 , en; q=0.8', 'zh-Hant'],
  ['zh-TW;q=nonsense, en;q=0.1', 'en'],
  ['*;q=0.9, zh-TW;q=0.5', 'en'],
  ['zh-TW, en', 'zh-Hant'],
  ['en, zh-TW', 'en'],
  [';;;,,,zh_TW,--', 'en'],
] as const)('Accept-Language %j is answered in %s', (header, locale) => {
  expect(matchLocale(header)).toBe(locale);
});
