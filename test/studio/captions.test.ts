import { describe, expect, it } from 'vitest';
import { captionsOf } from '../../src/studio/captions.ts';

describe('captionsOf', () => {
  it('writes a cue for each scene, each beginning where the one before it ended', () => {
    const vtt = captionsOf([
      { text: 'First', durationS: 2.5 },
      { text: 'Second\nline', durationS: 12 },
      { text: '第三', durationS: 3585.5 },
      { text: 'Fourth', durationS: 2 },
    ]);
    expect(vtt).toBe(
      [
        'WEBVTT\n',
        '1\n00:00:00.000 --> 00:00:02.500\nFirst\n',
        '2\n00:00:02.500 --> 00:00:14.500\nSecond\nline\n',
        '3\n00:00:14.500 --> 01:00:00.000\n第三\n',
        '4\n01:00:00.000 --> 01:00:02.000\nFourth\n',
      ].join('\n'),
    );
  });

  it('escapes what would be markup or end a cue', () => {
    const vtt = captionsOf([{ text: 'a < b & c --> d <b>\n\n\n00:01 --> 00:02', durationS: 2 }]);
    expect(vtt.split('\n').slice(4)).toEqual(['a &lt; b &amp; c --&gt; d &lt;b&gt;', '00:01 --&gt; 00:02', '']);
  });
});
