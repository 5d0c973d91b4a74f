import { useEffect, useState } from 'react';
import { announce } from '../frame/announcer.tsx';
import { showToast } from '../frame/show-toast.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { PROJECT_TEXTS } from './texts.ts';

const SAID_MS = 2_000;

/** Copies a text, and says that it did. */
export function CopyButton({ text }: { text: string }) {
  const texts = useTexts(PROJECT_TEXTS);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (isCopied) {
      const timer = setTimeout(() => setCopied(false), SAID_MS);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [isCopied]);
  const copy = async (button: HTMLElement) => {
    if (await copyText(text, button)) {
      setCopied(true);
      announce(texts.copied);
    } else {
      showToast(texts.copyFailed, undefined, 'error');
    }
  };
  return (
    <Button {...(isCopied ? { icon: 'check' } : {})} onClick={(event) => void copy(event.currentTarget)}>
      {isCopied ? texts.copied : texts.copy}
    </Button>
  );
}

/**
 * Copies a text; false where the browser does not let it. A page of another machine that is not
 * served by HTTPS has no clipboard: there a text can only be copied from where it stands selected,
 * which has to be within the dialog, as it holds the focus.
 */
async function copyText(text: string, beside: HTMLElement): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the other way may be.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.cssText = 'position: fixed; opacity: 0';
  beside.after(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    beside.focus();
  }
}
