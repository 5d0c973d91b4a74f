import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { ProjectHistoryDocument } from '../../generated/dashboard-gql/graphql.ts';
import { projectToneOf } from '../batch/tones.ts';
import { EventLog } from '../history/event-log.ts';
import { useEventLog } from '../history/use-event-log.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { Button } from '../widgets/button.tsx';
import { StatusBadge } from '../widgets/status-badge.tsx';
import classes from './history-list.module.css';
import { isPruned, type ProjectEvent, sinceBeforeMs } from './project-history.ts';
import { PROJECT_TEXTS } from './texts.ts';

/** A project that goes through without a retry has ten events. */
const FIRST_SIZE = 30;

/** The history of one project, newest first, as it grows: when it came to each status, and after how long. */
export function HistoryList({
  projectId,
  version,
  createdAt,
}: {
  projectId: string;
  version: number;
  createdAt: string | undefined;
}) {
  const texts = useTexts(PROJECT_TEXTS);
  const { project: statuses } = useTexts(STATUS_TEXTS);
  const { exactMoment, preciseDuration } = useFormats();
  const client = useApolloClient();
  const [log] = useState(
    () =>
      new EventLog<ProjectEvent>(async (page) => {
        const variables = { projectId, ...page };
        const { data } = await client.query({ query: ProjectHistoryDocument, variables, fetchPolicy: 'no-cache' });
        if (data?.project == null) {
          throw new Error(`no history of ${projectId}`);
        }
        return data.project.events;
      }, FIRST_SIZE),
  );
  const state = useEventLog(log, version);
  const { events, hasOlder, isLoadingOlder, isRead, hasFailed } = state;
  const first = events.at(-1)?.node;
  if (!isRead) {
    return hasFailed ? <p role="alert">{texts.historyFailed}</p> : <p role="status">{texts.loading}</p>;
  }
  return (
    <>
      <ol className={classes['events']} aria-label={texts.history}>
        {events.map(({ cursor, node: { at, change } }, index) => {
          const ms = sinceBeforeMs(state, index, createdAt);
          return (
            change !== null && (
              <li key={cursor}>
                <StatusBadge tone={projectToneOf(change.to)} isPast>
                  {statuses[change.to]}
                </StatusBadge>
                <span className={classes['after']}>{ms !== undefined && texts.after(preciseDuration(ms))}</span>
                <time dateTime={at} title={at}>
                  {exactMoment(at)}
                </time>
              </li>
            )
          );
        })}
        {!hasOlder && !isPruned(first) && createdAt !== undefined && (
          <li>
            <StatusBadge tone="queued">{texts.created}</StatusBadge>
            <span className={classes['after']} />
            <time dateTime={createdAt} title={createdAt}>
              {exactMoment(createdAt)}
            </time>
          </li>
        )}
      </ol>
      {hasFailed && <p role="alert">{texts.historyFailed}</p>}
      {hasOlder && (
        <Button disabled={isLoadingOlder} focusableWhenDisabled onClick={() => void log.loadOlder()}>
          {isLoadingOlder ? texts.loading : texts.older}
        </Button>
      )}
      {!hasOlder && isPruned(first) && <p className={classes['note']}>{texts.pruned}</p>}
    </>
  );
}
