import type { Goal } from './goal.ts';

/** Where the service keeps its data. */
export type Backend = 'pglite' | 'postgres';

/** One number that was measured. */
export interface Quantity {
  value: number;
  /** ms, s, MB, kB, "events/CPU s", ... */
  unit: string;
}

/** One line of the table: what this service needs or gives, beside a peer or a limit in the same run. */
export interface Figure {
  row: string;
  backend: Backend;
  /** What was measured, in a few words. */
  what: string;
  ours: Quantity;
  /** Undefined where there is nothing to compare with. Of the same unit as ours. */
  peer: (Quantity & { name: string }) | undefined;
  /** Undefined where the figure is only reported. */
  goal: Goal | undefined;
}

/** What a row is run with. */
export interface Run {
  backend: Backend;
  /** The PostgreSQL server on which databases may be made; undefined on PGlite. */
  serverUrl: string | undefined;
  /** Small sizes and few rounds: to see that it works, not how fast it is. */
  quick: boolean;
  /** Where the processes that are measured leave their CPU profiles; undefined: nowhere. */
  profileDir: string | undefined;
  /** Says how far it is. */
  say(text: string): void;
}

/** One thing that is measured. */
export interface Row {
  name: string;
  /** What, in a sentence. */
  about: string;
  backends: readonly Backend[];
  run(run: Run): Promise<Omit<Figure, 'row' | 'backend'>[]>;
}

export const BOTH: readonly Backend[] = ['pglite', 'postgres'];
