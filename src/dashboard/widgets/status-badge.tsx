import classes from './status-badge.module.css';

/** What a state looks like; by name, so that one colour means one thing everywhere. */
export type Tone = 'queued' | 'waiting' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';

/** A state in a word, with a mark in its colour, which lives while it runs. `isPast`: a state that something was in. */
export function StatusBadge({ tone, isPast, children }: { tone: Tone; isPast?: boolean; children: string }) {
  return (
    <span className={classes['badge']} data-tone={tone} data-past={isPast}>
      <span className={classes['mark']} aria-hidden="true" />
      {children}
    </span>
  );
}
