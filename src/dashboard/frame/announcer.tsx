import { useEffect, useRef } from 'react';
import hidden from '../widgets/hidden.module.css';

const EVENT = 'showrunner:announce';

/** Tells those who listen to the page instead of looking at it, once they have finished what they hear. */
export function announce(text: string): void {
  window.dispatchEvent(new CustomEvent<string>(EVENT, { detail: text }));
}

/** Where announcements are read from. */
export function Announcer() {
  const region = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const hear = (event: Event) => {
      if (event instanceof CustomEvent && region.current !== null) {
        region.current.textContent = String(event.detail);
      }
    };
    window.addEventListener(EVENT, hear);
    return () => window.removeEventListener(EVENT, hear);
  }, []);
  return <p ref={region} className={hidden['hidden']} aria-live="polite" aria-atomic="true" data-testid="announcer" />;
}
