import { useQuery } from '@apollo/client/react';
import { ProjectTextDocument } from '../../generated/dashboard-gql/graphql.ts';
import { useTexts } from '../text/locale.ts';
import { CopyButton } from './copy-button.tsx';
import classes from './project-text.module.css';
import { PROJECT_TEXTS } from './texts.ts';

/** The text that a video is made from; read when it is shown. */
export function ProjectText({ projectId }: { projectId: string }) {
  const texts = useTexts(PROJECT_TEXTS);
  // It never changes.
  const { data, error } = useQuery(ProjectTextDocument, { variables: { projectId }, fetchPolicy: 'cache-first' });
  const content = data?.project?.content;
  if (content === undefined) {
    return error === undefined ? <p role="status">{texts.loading}</p> : <p role="alert">{texts.textFailed}</p>;
  }
  return (
    <>
      <div className={classes['head']}>
        <span className={classes['length']}>{texts.characters([...content].length)}</span>
        <CopyButton text={content} />
      </div>
      <p className={classes['text']} data-testid="content">
        {content}
      </p>
    </>
  );
}
