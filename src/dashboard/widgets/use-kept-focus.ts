import { type FocusEventHandler, type RefObject, useEffect, useRef } from 'react';

/** To be spread on the element around the buttons. */
export interface KeptFocus {
  ref: RefObject<HTMLSpanElement | null>;
  onFocus: FocusEventHandler;
  onBlur: FocusEventHandler;
}

/**
 * Keeps the keyboard where it is when the button that was pressed goes away: on the first of those
 * beside it, else on the page's content. A browser would begin again at the top of the page.
 */
export function useKeptFocus(): KeptFocus {
  const ref = useRef<HTMLSpanElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    if (hadFocus.current && isLost()) {
      (ref.current?.querySelector('button') ?? content())?.focus({ preventScroll: true });
    }
  });
  useEffect(
    () => () => {
      if (hadFocus.current && isLost()) {
        content()?.focus({ preventScroll: true });
      }
    },
    [],
  );
  return {
    ref,
    onFocus: () => {
      hadFocus.current = true;
    },
    onBlur: () => {
      hadFocus.current = false;
    },
  };
}

function isLost(): boolean {
  return document.activeElement === document.body;
}

function content(): HTMLElement | null {
  return document.getElementById('content');
}
