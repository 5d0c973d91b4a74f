/** Where a row stands: its number in the table, and its place on the page in CSS pixels. */
export interface Place {
  readonly index: number;
  readonly top: number;
}
