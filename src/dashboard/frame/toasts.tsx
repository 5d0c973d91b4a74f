import { lazy, Suspense, useSyncExternalStore } from 'react';
import { hasMessages, listenToMessages } from './show-toast.ts';

const ToastRegion = lazy(() => import('./toast-region.tsx'));
let wasWanted = false;

/** Where messages appear; loaded with the first one. */
export function Toasts() {
  const isWanted = useSyncExternalStore(listenToMessages, () => {
    wasWanted ||= hasMessages();
    return wasWanted;
  });
  return (
    isWanted && (
      <Suspense>
        <ToastRegion />
      </Suspense>
    )
  );
}
