import { useTexts } from '../text/locale.ts';
import { AiSwitch } from './ai-switch.tsx';
import { Choice } from './choice.tsx';
import { modelOf } from './create-input.ts';
import type { Draft, Edit } from './draft.ts';
import { FailureLimit } from './failure-limit.tsx';
import type { Limits } from './limits.ts';
import { ModelSelect } from './model-select.tsx';
import { messageAt, type Shown } from './problems.ts';
import { PublishTime } from './publish-time.tsx';
import classes from './settings-fields.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** What a batch can be told to do with its texts. */
export default function SettingsFields({
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
  const { privacy, publishType, publishAt, aiContentFlag, failureLimit } = draft.settings;
  const set = (settings: Partial<Draft['settings']>) => edit({ type: 'set', settings });
  return (
    <div className={classes['settings']}>
      <ModelSelect
        value={modelOf(draft, limits)}
        models={limits.geminiModels}
        onChange={(geminiModel) => set({ geminiModel })}
        error={messageAt(shown, 'geminiModel')}
      />
      <Choice
        field="youtubeSettings.privacy"
        label={texts.privacy}
        value={privacy}
        options={(['PRIVATE', 'UNLISTED', 'PUBLIC'] as const).map((value) => ({
          value,
          label: texts.privacies[value],
          hint: texts.privacyHints[value],
        }))}
        onChange={(value) => set({ privacy: value })}
        error={messageAt(shown, 'youtubeSettings.privacy')}
      />
      <div className={classes['publishing']}>
        <Choice
          field="youtubeSettings.publishType"
          label={texts.publishing}
          value={publishType}
          options={(['IMMEDIATE', 'SCHEDULED'] as const).map((value) => ({ value, label: texts.publishTypes[value] }))}
          onChange={(value) => set({ publishType: value })}
          error={messageAt(shown, 'youtubeSettings.publishType')}
        />
        {publishType === 'SCHEDULED' && (
          <PublishTime
            value={publishAt}
            onChange={(value) => set({ publishAt: value })}
            error={messageAt(shown, 'youtubeSettings.publishAt')}
          />
        )}
      </div>
      <AiSwitch
        checked={aiContentFlag}
        onChange={(value) => set({ aiContentFlag: value })}
        error={messageAt(shown, 'youtubeSettings.aiContentFlag')}
      />
      <FailureLimit
        value={failureLimit}
        onChange={(value) => set({ failureLimit: value })}
        error={messageAt(shown, 'failureLimit')}
      />
    </div>
  );
}
