import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTexts } from '../text/locale.ts';
import { Button, buttonClass } from '../widgets/button.tsx';
import classes from './notices.module.css';
import { FRAME_TEXTS } from './texts.ts';
import { useTitle } from './title.ts';

/** What stands in the place of a page or a list that has nothing to show. */
export function Notice({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className={classes['notice']}>
      <h2>{title}</h2>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  );
}

/** Something is on its way. */
export function Loading() {
  const texts = useTexts(FRAME_TEXTS);
  return (
    <p className={classes['loading']} role="status">
      {texts.loading}
    </p>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  const texts = useTexts(FRAME_TEXTS);
  useTitle(texts.notFound);
  return (
    <Notice title={texts.notFound} hint={texts.notFoundHint}>
      <Link className={buttonClass('plain')} href="/">
        {texts.toBatches}
      </Link>
    </Notice>
  );
}

/** A page that threw. */
export function Broken({ error }: { error: Error }) {
  const texts = useTexts(FRAME_TEXTS);
  return (
    <Notice title={texts.broke} hint={texts.brokeHint}>
      <p>
        <code>{error.message}</code>
      </p>
      <Button onClick={() => window.location.reload()}>{texts.reload}</Button>
    </Notice>
  );
}
