import { Field } from '@base-ui/react/field';
import { Switch } from '@base-ui/react/switch';
import { useTexts } from '../text/locale.ts';
import classes from './ai-switch.module.css';
import field from './field.module.css';
import { FieldError } from './field-error.tsx';
import { idOf } from './field-path.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** Whether the videos are marked as made with AI. */
export function AiSwitch({
  checked,
  onChange,
  error,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  error: string | undefined;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  return (
    <Field.Root className={field['field']} invalid={error !== undefined}>
      <Field.Label className={classes['label']}>
        <Switch.Root
          id={idOf('youtubeSettings.aiContentFlag')}
          className={classes['switch']}
          checked={checked}
          onCheckedChange={onChange}
        >
          <Switch.Thumb className={classes['thumb']} />
        </Switch.Root>
        {texts.aiContent}
      </Field.Label>
      <FieldError message={error} />
      <Field.Description className={field['hint']}>{texts.aiContentHint}</Field.Description>
    </Field.Root>
  );
}
