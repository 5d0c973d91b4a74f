import { Field } from '@base-ui/react/field';
import { NumberField } from '@base-ui/react/number-field';
import { useTexts } from '../text/locale.ts';
import classes from './failure-limit.module.css';
import field from './field.module.css';
import { FieldError } from './field-error.tsx';
import { idOf } from './field-path.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** The largest Int of GraphQL. */
const MAX_INT = 2 ** 31 - 1;

/** How many projects may fail before the batch does; null for any number. */
export function FailureLimit({
  value,
  onChange,
  error,
}: {
  value: number | null;
  onChange: (value: number | null) => void;
  error: string | undefined;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  return (
    <Field.Root className={field['field']} invalid={error !== undefined}>
      <Field.Label className={field['label']}>{texts.failureLimit}</Field.Label>
      <NumberField.Root
        id={idOf('failureLimit')}
        value={value}
        onValueChange={onChange}
        min={0}
        max={MAX_INT}
        format={{ maximumFractionDigits: 0 }}
      >
        <NumberField.Group className={classes['group']}>
          <NumberField.Decrement className={classes['step']} aria-label={texts.fewer}>
            −
          </NumberField.Decrement>
          <NumberField.Input className={`${field['control']} ${classes['input']}`} />
          <NumberField.Increment className={classes['step']} aria-label={texts.more}>
            +
          </NumberField.Increment>
        </NumberField.Group>
      </NumberField.Root>
      <FieldError message={error} />
      <Field.Description className={field['hint']}>{texts.failureLimitHint}</Field.Description>
    </Field.Root>
  );
}
