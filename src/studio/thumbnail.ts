import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Canvas, createCanvas } from '@napi-rs/canvas';
import { fitText } from './fit-text.ts';
import { drawable } from './fonts.ts';
import { drawGround, drawLines, drawStroke, frameHeightPx, frameWidthPx, textWidthPx } from './frame.ts';
import { type Palette, paletteOf } from './palette.ts';
import { ensureSealed, type Sealed, type Work } from './sealed-folder.ts';

/** The thumbnail's file in the thumbnail folder and in the library. */
export const thumbnailFile = 'thumbnail.jpg';

/** 0 to 100. Flat colours and letters take about 100 kB at this, of the 2 MB that YouTube allows. */
const jpegQuality = 90;

/** The thumbnail stage: a JPEG with the project's name. */
export async function ensureThumbnail(work: Work): Promise<Sealed> {
  const { name, batchId } = work.project;
  return ensureSealed(work, 'thumbnail', [name, batchId], async (folder) => {
    const canvas = createCanvas(frameWidthPx, frameHeightPx);
    drawThumbnail(canvas, name, paletteOf(batchId));
    await writeFile(join(folder, thumbnailFile), await canvas.encode('jpeg', jpegQuality));
  });
}

function drawThumbnail(canvas: Canvas, name: string, palette: Palette): void {
  const context = drawGround(canvas, palette);
  const gapPx = 44;
  const title = drawable(name).replace(/\s+/g, ' ').trim() || '…';
  const text = fitText(title, { widthPx: textWidthPx, heightPx: 480, largestPx: 116, weight: 700 });
  const topPx = (frameHeightPx - gapPx - text.lines.length * text.lineHeightPx) / 2;
  drawStroke(context, topPx, palette);
  drawLines(context, text, 700, topPx + gapPx, palette.text);
}
