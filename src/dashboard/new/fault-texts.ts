import type { Fault } from './check.ts';

/** A sentence for each fault. */
export type FaultTexts = { readonly [K in Fault['key']]: (fault: Extract<Fault, { key: K }>) => string };

/** Says what is wrong. */
export function tell<K extends Fault['key']>(fault: Extract<Fault, { key: K }>, texts: FaultTexts): string {
  const sentences: { readonly [P in K]: (fault: Extract<Fault, { key: P }>) => string } = texts;
  return sentences[fault.key as K](fault);
}
