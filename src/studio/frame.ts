import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import type { FittedText } from './fit-text.ts';
import { type FontWeight, setFont } from './fonts.ts';
import { css, type Palette, type Rgb } from './palette.ts';

/** The width of slides, thumbnail and video. */
export const frameWidthPx = 1280;
/** The height of slides, thumbnail and video. */
export const frameHeightPx = 720;
/** Nothing is written nearer to an edge than this. */
export const marginPx = 96;
/** How wide text may be. */
export const textWidthPx = frameWidthPx - 2 * marginPx;

/** Fills the canvas with the batch's ground. Flat colours, because a gradient takes a PNG four times as long. */
export function drawGround(canvas: Canvas, palette: Palette): SKRSContext2D {
  const context = canvas.getContext('2d');
  context.fillStyle = css(palette.ground);
  context.fillRect(0, 0, frameWidthPx, frameHeightPx);
  disc(context, 1130, 640, 430, palette.shade);
  disc(context, 1240, 700, 240, palette.glow);
  return context;
}

/** The short stroke above a text. */
export function drawStroke(context: SKRSContext2D, topPx: number, palette: Palette): void {
  context.fillStyle = css(palette.accent);
  context.beginPath();
  context.roundRect(marginPx, topPx, 64, 6, 3);
  context.fill();
}

/** Draws lines from the left margin down, the first one's line box beginning at `topPx`. */
export function drawLines(
  context: SKRSContext2D,
  text: FittedText,
  weight: FontWeight,
  topPx: number,
  colour: Rgb,
): void {
  setFont(context, weight, text.sizePx);
  context.fillStyle = css(colour);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  // Half the height of a capital letter below the middle of the line.
  const baselinePx = text.lineHeightPx / 2 + text.sizePx * 0.36;
  text.lines.forEach((line, index) => {
    // The width is a last resort: a single letter can be wider than the frame.
    context.fillText(line, marginPx, topPx + index * text.lineHeightPx + baselinePx, textWidthPx);
  });
}

function disc(context: SKRSContext2D, xPx: number, yPx: number, radiusPx: number, colour: Rgb): void {
  context.fillStyle = css(colour);
  context.beginPath();
  context.arc(xPx, yPx, radiusPx, 0, 2 * Math.PI);
  context.fill();
}
