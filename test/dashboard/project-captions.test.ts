import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeInVideo, readCaptions } from '../../src/dashboard/project/captions.ts';
import { captionsOf } from '../../src/studio/captions.ts';

test('what the studio writes is read back as it was, whatever the text', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).map((each) => `a${each}`);
  const scene = fc.record({ text, durationS: fc.integer({ min: 1, max: 9_000 }) });
  fc.assert(
    fc.property(fc.array(scene, { minLength: 1, maxLength: 20 }), (scenes) => {
      const read = readCaptions(captionsOf(scenes));
      let startMs = 0;
      const starts = scenes.map(({ durationS }) => {
        const start = startMs;
        startMs += durationS * 1_000;
        return start;
      });
      expect(read.map((caption) => caption.startMs)).toEqual(starts);
      const lines = (value: string) => value.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
      expect(read.map((caption) => lines(caption.text).join('\n').trim())).toEqual(
        scenes.map((each) => lines(each.text).join('\n').trim()),
      );
    }),
  );
});

test('captions of other makers are read too: no hours, settings, tags, notes, Windows line ends', () => {
  const file = [
    '\uFEFFWEBVTT - Title',
    '',
    'NOTE a remark',
    '',
    'STYLE',
    '::cue { color: red }',
    '',
    '00:01.500 --> 00:04.000 align:start line:0',
    '<v Anna>Tea &amp; <i>bread</i>',
    'for two',
    '',
    'second',
    '01:02:03.004 --> 01:02:05.000',
    '1 &lt; 2',
    '',
  ].join('\r\n');
  expect(readCaptions(file)).toEqual([
    { startMs: 1_500, text: 'Tea & bread\nfor two' },
    { startMs: 3_723_004, text: '1 < 2' },
  ]);
});

test('a file without captions has none', () => {
  expect(readCaptions('')).toEqual([]);
  expect(readCaptions('WEBVTT\n')).toEqual([]);
});

test('places in a video are written as players write them', () => {
  expect([0, 999, 61_000, 3_599_999, 3_600_000, 36_061_000].map(placeInVideo)).toEqual([
    '0:00',
    '0:00',
    '1:01',
    '59:59',
    '1:00:00',
    '10:01:01',
  ]);
});
