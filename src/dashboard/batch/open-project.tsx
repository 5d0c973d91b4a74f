import { lazy, Suspense } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { patiently } from '../api/patiently.ts';
import { projectPath } from '../projects/project-path.ts';

const ProjectDialog = lazy(patiently(() => import('../project/project-dialog.tsx')));

/** The project that the address names, over its batch. */
export function OpenProject({ batchId }: { batchId: string }) {
  const [isOpen, params] = useRoute('/batches/:batchId/projects/:projectId');
  const [, navigate] = useLocation();
  const state = useHistoryState<{ isOverBatch?: boolean } | null>();
  if (!isOpen) {
    return null;
  }
  const close = () => {
    if (state?.isOverBatch === true) {
      window.history.back();
    } else {
      navigate(projectPath(batchId, undefined) + window.location.search, { replace: true });
    }
  };
  return (
    <Suspense>
      <ProjectDialog
        key={params.projectId}
        batchId={batchId}
        projectId={params.projectId}
        onClose={close}
        onElsewhere={(owner) => navigate(projectPath(owner, params.projectId), { replace: true })}
      />
    </Suspense>
  );
}
