import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import type { Draft, Edit } from './draft.ts';
import { type Field, idOf } from './field-path.ts';
import { focusField } from './focus-field.ts';
import classes from './problem-summary.module.css';
import type { Shown } from './problems.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** How many are listed: nobody mends more before the next attempt. */
const LISTED = 12;

/** Everything that is wrong, each a link to its field. */
export function ProblemSummary({
  draft,
  shown,
  edit,
}: {
  draft: Draft;
  shown: readonly Shown[];
  edit: (edit: Edit) => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  if (shown.length === 0) {
    return null;
  }
  return (
    <section className={classes['summary']} aria-labelledby="new-batch-summary">
      <h2 id="new-batch-summary" className={classes['title']}>
        <Icon name="alert" />
        {texts.summary(shown.length)}
      </h2>
      <ul className={classes['list']}>
        {shown.slice(0, LISTED).map(({ field, message }) => (
          <li key={`${JSON.stringify(field)} ${message}`}>
            {field === undefined ? (
              message
            ) : (
              <a
                href={`#${idOf(field)}`}
                onClick={(event) => {
                  event.preventDefault();
                  focusField(field, edit);
                }}
              >
                {nameOf(field, draft, texts) + texts.colon + message}
              </a>
            )}
          </li>
        ))}
        {shown.length > LISTED && <li>{texts.moreProblems(shown.length - LISTED)}</li>}
      </ul>
    </section>
  );
}

function nameOf(field: Field, { texts: rows }: Draft, texts: (typeof NEW_BATCH_TEXTS)['en']): string {
  if (typeof field === 'string') {
    return texts.fields[field];
  }
  const index = rows.findIndex(({ key }) => key === field.key);
  return texts.ofText(index + 1, rows[index]?.name ?? '');
}
