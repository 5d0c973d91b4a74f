import { Field } from '@base-ui/react/field';
import { Fieldset } from '@base-ui/react/fieldset';
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import classes from './choice.module.css';
import field from './field.module.css';
import { FieldError } from './field-error.tsx';
import { type Field as FieldName, idOf } from './field-path.ts';

/** One of a few, all of which are seen. */
export function Choice<Value extends string>({
  field: name,
  label,
  value,
  options,
  onChange,
  error,
}: {
  field: FieldName;
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; hint?: string }[];
  onChange: (value: Value) => void;
  error: string | undefined;
}) {
  return (
    <Field.Root className={field['field']} invalid={error !== undefined}>
      <Fieldset.Root
        render={
          <RadioGroup
            id={idOf(name)}
            className={classes['group']}
            tabIndex={-1}
            value={value}
            onValueChange={(chosen: Value) => onChange(chosen)}
          />
        }
      >
        <Fieldset.Legend className={field['label']}>{label}</Fieldset.Legend>
        <div className={classes['options']}>
          {options.map((option) => (
            <Field.Item key={option.value}>
              <Field.Label className={classes['option']}>
                <Radio.Root value={option.value} className={classes['radio']}>
                  <Radio.Indicator className={classes['dot']} />
                </Radio.Root>
                <span>
                  {option.label}
                  {option.hint !== undefined && <span className={classes['hint']}>{option.hint}</span>}
                </span>
              </Field.Label>
            </Field.Item>
          ))}
        </div>
      </Fieldset.Root>
      <FieldError message={error} />
    </Field.Root>
  );
}
