import { use } from 'react';
import { useFormats } from '../text/format.ts';
import { LanguageContext, useTexts } from '../text/locale.ts';
import { idOf } from './field-path.ts';
import { instantOf, zoneAt } from './instants.ts';
import { TextField } from './text-field.tsx';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** When a batch is published: where the reader is, and which time that is said with it. */
export function PublishTime({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { moment } = useFormats();
  const { formatTag } = use(LanguageContext);
  const instant = instantOf(value);
  return (
    <TextField
      id={idOf('youtubeSettings.publishAt')}
      type="datetime-local"
      label={texts.publishAt}
      value={value}
      onChange={onChange}
      error={error}
      hint={
        instant === undefined
          ? texts.publishZone(zoneAt(new Date(), formatTag))
          : texts.publishInstant(moment(instant.toISOString()), zoneAt(instant, formatTag))
      }
    />
  );
}
