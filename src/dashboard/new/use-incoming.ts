import { useEffect, useEffectEvent, useState } from 'react';
import { announce } from '../frame/announcer.tsx';
import { useTexts } from '../text/locale.ts';
import { type Edit, type NewText, nameFrom } from './draft.ts';
import { type FileOfFolder, type Harvest, normaliseLines, readFiles } from './read-files.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** Texts that come in from elsewhere. */
export interface Incoming {
  /** How far the reading of files is, 0 to 100; undefined while none are read. */
  readonly percentRead: number | undefined;
  /** What came of the last files. */
  readonly report: { readonly added: number; readonly refused: Harvest['refused'] } | undefined;
  readonly takeFiles: (files: readonly FileOfFolder[]) => Promise<void>;
  readonly closeReport: () => void;
}

/** Takes texts in: files that are given to it, and what is pasted anywhere but into a field. */
export function useIncoming(room: number, edit: (edit: Edit) => void): Incoming {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const [percentRead, setPercentRead] = useState<number>();
  const [report, setReport] = useState<Incoming['report']>();

  const take = (added: readonly NewText[], refused: Harvest['refused']) => {
    edit({ type: 'add', texts: added });
    announce(texts.added(added.length, refused.length));
  };
  const takeFiles = async (files: readonly FileOfFolder[]) => {
    if (files.length === 0) {
      return;
    }
    const harvest = await readFiles(files, Math.max(0, room), (done) => setPercentRead((100 * done) / files.length));
    setPercentRead(undefined);
    setReport({ added: harvest.texts.length, refused: harvest.refused });
    take(harvest.texts, harvest.refused);
  };
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (files.length > 0) {
      event.preventDefault();
      void takeFiles(files);
    } else if (text.trim() !== '' && !isField(event.target)) {
      event.preventDefault();
      const content = normaliseLines(text);
      take([{ name: nameFrom(content), content }], []);
    }
  });
  useEffect(() => {
    const listener = (event: ClipboardEvent) => onPaste(event);
    document.addEventListener('paste', listener);
    return () => document.removeEventListener('paste', listener);
  }, []);
  return { percentRead, report, takeFiles, closeReport: () => setReport(undefined) };
}

/** Whether the browser itself puts a text there. */
function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
}
