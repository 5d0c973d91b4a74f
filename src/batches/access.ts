/** What the rooms above hand to the reads and changes of this one. */
export type { Access, SqlTransaction } from '../database/access.ts';
