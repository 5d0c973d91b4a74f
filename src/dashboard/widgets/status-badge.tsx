import classes from './status-badge.module.css';

/** What a state looks like; by name, so that one colour means one thing everywhere. */
export type Tone = 'queued' | 'waiting' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';

/** A state in a word, with a mark in its colour. */
export function StatusBadge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={classes['badge']} data-tone={tone}>
      <span className={classes['mark']} aria-hidden="true" />
      {children}
    </span>
  );
}
