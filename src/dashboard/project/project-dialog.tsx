import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { useFragment, useQuery } from '@apollo/client/react';
import { Dialog } from '@base-ui/react/dialog';
import { useEffect, useEffectEvent, useState } from 'react';
import { ProjectDetailDocument, ProjectFieldsFragmentDoc } from '../../generated/dashboard-gql/graphql.ts';
import { useTitle } from '../frame/title.ts';
import { useTexts } from '../text/locale.ts';
import { Button, buttonClass } from '../widgets/button.tsx';
import dialog from '../widgets/dialog.module.css';
import { Icon } from '../widgets/icon.tsx';
import { OpenedProject, ProjectBar } from './opened-project.tsx';
import classes from './project-dialog.module.css';
import { PROJECT_TEXTS } from './texts.ts';
import { useFreshFiles } from './use-fresh-files.ts';

/** The title of a project lies over that of its batch. */
const TITLE_LAYER = 1;

/**
 * One project over the page of its batch, whose stream keeps it live. `onClose`: it has gone from the
 * page. `onElsewhere`: it belongs to this batch instead.
 */
export default function ProjectDialog({
  batchId,
  projectId,
  onClose,
  onElsewhere,
}: {
  batchId: string;
  projectId: string;
  onClose: () => void;
  onElsewhere: (batchId: string) => void;
}) {
  const texts = useTexts(PROJECT_TEXTS);
  const [isOpen, setOpen] = useState(true);
  const { data: project, complete } = useFragment({
    fragment: ProjectFieldsFragmentDoc,
    fragmentName: 'ProjectFields',
    from: { __typename: 'Project', id: projectId },
  });
  const { data, error, refetch } = useQuery(ProjectDetailDocument, { variables: { projectId } });
  const owner = data?.project?.batch.id;
  const goElsewhere = useEffectEvent(onElsewhere);
  useEffect(() => {
    if (owner !== undefined && owner !== batchId) {
      goElsewhere(owner);
    }
  }, [owner, batchId]);
  const reload = () => void refetch().catch(() => {});
  useFreshFiles(complete ? project.videoUrl : null, reload);
  const isMissing = CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['code'] === 'PROJECT_NOT_FOUND';
  useTitle(complete ? project.name : isMissing ? texts.missing : texts.loading, TITLE_LAYER);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen} onOpenChangeComplete={(isStillOpen) => !isStillOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={`${dialog['backdrop']} ${classes['backdrop']}`} />
        <Dialog.Popup className={classes['panel']}>
          <div className={classes['bar']}>
            {complete && <ProjectBar project={project} />}
            {/* Without a tip: it has the focus at first, and Escape would close the tip alone. */}
            <Dialog.Close className={buttonClass('quiet')} aria-label={texts.close}>
              <Icon name="close" />
            </Dialog.Close>
          </div>
          <div className={classes['content']}>
            {complete ? (
              <OpenedProject project={project} detail={data?.project ?? undefined} onRetried={reload} />
            ) : (
              <>
                <Dialog.Title className={classes['title']}>
                  {error === undefined ? texts.loading : isMissing ? texts.missing : texts.failed}
                </Dialog.Title>
                {isMissing && <p>{texts.missingHint}</p>}
                {error !== undefined && !isMissing && <Button onClick={reload}>{texts.retryLoading}</Button>}
              </>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
