import { Field } from '@base-ui/react/field';
import { Icon } from '../widgets/icon.tsx';
import classes from './field.module.css';

/** What is wrong with the field that it stands in; nothing where nothing is. */
export function FieldError({ message }: { message: string | undefined }) {
  return (
    message !== undefined && (
      <Field.Error match className={classes['error']}>
        <Icon name="alert" size={16} />
        {message}
      </Field.Error>
    )
  );
}
