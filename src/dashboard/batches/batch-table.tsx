import { useTexts } from '../text/locale.ts';
import hidden from '../widgets/hidden.module.css';
import { BatchRow } from './batch-row.tsx';
import classes from './batch-table.module.css';
import { LIST_TEXTS } from './texts.ts';

/** A table of batches; on a phone, a list of cards. */
export function BatchTable({ batchIds }: { batchIds: readonly string[] }) {
  const texts = useTexts(LIST_TEXTS);
  return (
    <table className={classes['table']}>
      <thead>
        <tr>
          <th scope="col">{texts.name}</th>
          <th scope="col">{texts.status}</th>
          <th scope="col">{texts.progress}</th>
          <th scope="col">{texts.projects}</th>
          <th scope="col">{texts.started}</th>
          <th scope="col">{texts.elapsed}</th>
          <th scope="col">
            <span className={hidden['hidden']}>{texts.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {batchIds.map((id) => (
          <BatchRow key={id} batchId={id} />
        ))}
      </tbody>
    </table>
  );
}
