import { CSPProvider } from '@base-ui/react/csp-provider';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { patiently } from '../api/patiently.ts';
import { BatchListPage } from '../batches/batch-list-page.tsx';
import { LookOnly } from '../session/look-only.tsx';
import { useOutside } from '../session/session.ts';
import { useAskedViewer, useMayControl, ViewerContext } from '../session/use-viewer.ts';
import { LanguageContext, languageFor } from '../text/locale.ts';
import { AllBatches } from './all-batches.tsx';
import { Announcer } from './announcer.tsx';
import classes from './app.module.css';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { Loading, NotFound } from './notices.tsx';
import { useSettings } from './settings.ts';
import { SkipLink } from './skip-link.tsx';
import { Toasts } from './toasts.tsx';
import { usePageChange } from './use-page-change.ts';

// The first page loads without them.
const BatchPage = lazy(patiently(() => import('../batch/batch-page.tsx')));
const NewBatchPage = lazy(patiently(() => import('../new/new-batch-page.tsx')));
const SignInPage = lazy(patiently(() => import('../session/sign-in-page.tsx')));

/** The whole dashboard: what stands around the pages, and which page an address leads to. */
export function App() {
  const { theme, locale } = useSettings();
  const language = useMemo(() => languageFor(navigator.languages, locale), [locale]);
  useEffect(() => {
    document.documentElement.lang = language.locale;
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const content = useRef<HTMLElement>(null);
  const [path] = useLocation();
  // A project opens over its batch: that is no other page.
  const page = path.split('/').slice(0, 3).join('/');
  const viewer = useAskedViewer();
  const outside = useOutside();
  usePageChange(outside === undefined ? page : 'sign in', content);
  return (
    <LanguageContext value={language}>
      <ViewerContext value={viewer}>
        <CSPProvider disableStyleElements>
          <SkipLink />
          {outside === undefined && <AllBatches />}
          <Header />
          <main id="content" ref={content} className={classes['main']} tabIndex={-1}>
            <ErrorBoundary page={`${page} ${outside}`}>
              <Suspense fallback={<Loading />}>
                {outside === undefined ? <Pages /> : <SignInPage why={outside} />}
              </Suspense>
            </ErrorBoundary>
          </main>
          <Toasts />
          <Announcer />
        </CSPProvider>
      </ViewerContext>
    </LanguageContext>
  );
}

/** The page that the address leads to. */
function Pages() {
  const mayControl = useMayControl();
  return (
    <Switch>
      <Route path="/" component={BatchListPage} />
      <Route path="/new" component={mayControl ? NewBatchPage : LookOnly} />
      <Route path="/batches/:batchId/*?">
        {({ batchId, '*': rest = '' }) =>
          /^(projects\/[^/]+)?$/.test(rest) ? <BatchPage key={batchId} batchId={batchId} /> : <NotFound />
        }
      </Route>
      <Route component={NotFound} />
    </Switch>
  );
}
