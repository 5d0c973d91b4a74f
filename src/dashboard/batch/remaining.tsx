import { useRemaining } from '../pace/use-remaining.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { BATCH_TEXTS } from './texts.ts';

/** How long the batch may still take, by how long its stages have taken so far; nothing is guessed. */
export function Remaining({ batchId }: { batchId: string }) {
  const texts = useTexts(BATCH_TEXTS);
  const { duration } = useFormats();
  const ms = useRemaining(batchId);
  return ms === undefined ? texts.noBasis : texts.about(duration(ms));
}
