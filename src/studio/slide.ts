import type { Canvas } from '@napi-rs/canvas';
import { fitLine, fitText } from './fit-text.ts';
import { drawable, setFont } from './fonts.ts';
import { drawGround, drawLines, drawStroke, frameHeightPx, frameWidthPx, marginPx, textWidthPx } from './frame.ts';
import { css, type Palette } from './palette.ts';

/** What one slide shows. */
export interface Slide {
  /** The project's name, small at the top. */
  name: string;
  text: string;
  /** The scene's place, from 1, and how many there are. */
  number: number;
  count: number;
}

const smallPx = 24;
const headerBaselinePx = 92;
const bodyTopPx = 150;
const bodyHeightPx = 460;
const strokeGapPx = 34;
const progressHeightPx = 6;

/** Draws a slide on a canvas of the frame's size, over whatever was on it. Takes about a millisecond. */
export function drawSlide(canvas: Canvas, slide: Slide, palette: Palette): void {
  const context = drawGround(canvas, palette);

  setFont(context, 500, smallPx);
  context.textBaseline = 'alphabetic';
  context.fillStyle = css(palette.quiet);
  context.textAlign = 'right';
  context.fillText(`${slide.number} / ${slide.count}`, frameWidthPx - marginPx, headerBaselinePx);
  context.textAlign = 'left';
  const name = fitLine(drawable(slide.name).replace(/\s+/g, ' '), 500, smallPx, textWidthPx - 180);
  context.fillText(name, marginPx, headerBaselinePx, textWidthPx - 180);

  const shown = drawable(slide.text) || '…';
  const box = { widthPx: textWidthPx, heightPx: bodyHeightPx - strokeGapPx, largestPx: 56, weight: 500 } as const;
  const text = fitText(shown, box);
  const heightPx = strokeGapPx + text.lines.length * text.lineHeightPx;
  const topPx = bodyTopPx + (bodyHeightPx - heightPx) / 2;
  drawStroke(context, topPx, palette);
  drawLines(context, text, 500, topPx + strokeGapPx, palette.text);

  context.fillStyle = css(palette.shade);
  context.fillRect(0, frameHeightPx - progressHeightPx, frameWidthPx, progressHeightPx);
  context.fillStyle = css(palette.accent);
  const donePx = (frameWidthPx * slide.number) / slide.count;
  context.fillRect(0, frameHeightPx - progressHeightPx, donePx, progressHeightPx);
}
