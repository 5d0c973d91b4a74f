import { Field } from '@base-ui/react/field';
import classes from './field.module.css';
import { FieldError } from './field-error.tsx';

/** A field of one line, with its name, what it is for, and what is wrong with it. */
export function TextField({
  id,
  label,
  value,
  onChange,
  error,
  hint,
  type = 'text',
  placeholder,
}: {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  hint?: string;
  type?: 'text' | 'datetime-local';
  placeholder?: string;
}) {
  return (
    <Field.Root className={classes['field']} invalid={error !== undefined}>
      <Field.Label className={classes['label']}>{label}</Field.Label>
      <Field.Control
        id={id}
        className={classes['control']}
        type={type}
        value={value}
        onValueChange={onChange}
        placeholder={placeholder}
        autoComplete="off"
      />
      <FieldError message={error} />
      {hint !== undefined && <Field.Description className={classes['hint']}>{hint}</Field.Description>}
    </Field.Root>
  );
}
