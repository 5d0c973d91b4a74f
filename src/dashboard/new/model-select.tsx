import { Field } from '@base-ui/react/field';
import { Select } from '@base-ui/react/select';
import { useRef } from 'react';
import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import field from './field.module.css';
import { FieldError } from './field-error.tsx';
import { idOf } from './field-path.ts';
import classes from './model-select.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** Chooses one of the models that the service offers. */
export function ModelSelect({
  value,
  models,
  onChange,
  error,
}: {
  value: string;
  models: readonly string[];
  onChange: (model: string) => void;
  error: string | undefined;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  // Inside of the page's landmark, where those who jump from one to the next find it.
  const place = useRef<HTMLDivElement>(null);
  return (
    <Field.Root className={field['field']} invalid={error !== undefined}>
      <Select.Root value={value} onValueChange={(model) => model !== null && onChange(model)}>
        <Select.Label className={field['label']}>{texts.model}</Select.Label>
        <Select.Trigger id={idOf('geminiModel')} className={`${field['control']} ${classes['trigger']}`}>
          <Select.Value />
          <Select.Icon className={classes['icon']}>
            <Icon name="down" />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal container={place}>
          <Select.Positioner className={classes['positioner']} sideOffset={4} alignItemWithTrigger={false}>
            <Select.Popup className={classes['popup']}>
              <Select.List>
                {models.map((model) => (
                  <Select.Item key={model} value={model} className={classes['item']}>
                    <Select.ItemIndicator className={classes['check']}>
                      <Icon name="check" />
                    </Select.ItemIndicator>
                    <Select.ItemText>{model}</Select.ItemText>
                  </Select.Item>
                ))}
              </Select.List>
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
      <div ref={place} />
      <FieldError message={error} />
      <Field.Description className={field['hint']}>{texts.modelHint}</Field.Description>
    </Field.Root>
  );
}
