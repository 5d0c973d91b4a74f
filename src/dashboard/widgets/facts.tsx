import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** What there is to know of something, in a row: a name over each value. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes['facts']}>{children}</dl>;
}

/** One of them. `testId` is for tests alone. */
export function Fact({ name, testId, children }: { name: string; testId?: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>{children}</dd>
    </div>
  );
}
