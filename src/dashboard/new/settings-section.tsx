import { Collapsible } from '@base-ui/react/collapsible';
import { lazy, Suspense, useState } from 'react';
import { patiently } from '../api/patiently.ts';
import { Loading } from '../frame/notices.tsx';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import { modelOf } from './create-input.ts';
import type { Draft, Edit } from './draft.ts';
import { instantOf } from './instants.ts';
import type { Limits } from './limits.ts';
import type { Shown } from './problems.ts';
import classes from './settings-section.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

// Most batches are made as the last one was: what is set is seen without the fields.
const SettingsFields = lazy(patiently(() => import('./settings-fields.tsx')));

/** What the batch does with its texts: in a line, and its fields once they are wanted or one is wrong. */
export function SettingsSection({
  draft,
  limits,
  shown,
  edit,
}: {
  draft: Draft;
  limits: Limits;
  shown: readonly Shown[];
  edit: (edit: Edit) => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const [isWanted, setWanted] = useState(false);
  const isWrong = shown.some(({ field }) => typeof field === 'string' && field !== 'name' && field !== 'projects');
  if (isWrong && !isWanted) {
    // It stays open once that is mended.
    setWanted(true);
  }
  return (
    <Collapsible.Root open={isWanted || isWrong} onOpenChange={setWanted} className={classes['section']}>
      <h2 className={classes['title']}>
        <Collapsible.Trigger className={classes['trigger']}>
          {texts.settings}
          <Icon name="down" />
        </Collapsible.Trigger>
      </h2>
      <Summary draft={draft} limits={limits} />
      <Collapsible.Panel className={classes['panel']}>
        <Suspense fallback={<Loading />}>
          <SettingsFields draft={draft} limits={limits} shown={shown} edit={edit} />
        </Suspense>
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}

function Summary({ draft, limits }: { draft: Draft; limits: Limits }) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { moment } = useFormats();
  const { privacy, publishType, publishAt, aiContentFlag, failureLimit } = draft.settings;
  const at = publishType === 'SCHEDULED' ? instantOf(publishAt) : undefined;
  const parts = [
    modelOf(draft, limits),
    texts.privacies[privacy],
    at === undefined ? texts.publishTypes[publishType] : moment(at.toISOString()),
    aiContentFlag ? texts.aiContent : texts.noAiContent,
    failureLimit === null ? texts.noFailureLimit : texts.failuresAllowed(failureLimit),
  ];
  return (
    <ul className={classes['summary']} aria-label={texts.chosen}>
      {parts.map((part) => (
        <li key={part}>{part}</li>
      ))}
    </ul>
  );
}
