/** What a figure has to be: a bound of its ratio to the peer, or of its own value. */
export interface Goal {
  of: 'ratio' | 'value';
  least?: number;
  most?: number;
}

/** Ours takes at most so many times what the peer takes. */
export function atMostTimes(most: number): Goal {
  return { of: 'ratio', most };
}

/** Ours gives at least so many times what the peer gives. */
export function atLeastTimes(least: number): Goal {
  return { of: 'ratio', least };
}

/** Ours is at most so much, in its own unit. */
export function atMost(most: number): Goal {
  return { of: 'value', most };
}

/** Ours is at least so much, in its own unit. */
export function atLeast(least: number): Goal {
  return { of: 'value', least };
}

/** Whether a figure is as it has to be; undefined where there is no ratio that could be. */
export function isReached(goal: Goal, value: number, ratio: number | undefined): boolean | undefined {
  const given = goal.of === 'value' ? value : ratio;
  if (given === undefined || Number.isNaN(given)) {
    return undefined;
  }
  return given >= (goal.least ?? Number.NEGATIVE_INFINITY) && given <= (goal.most ?? Number.POSITIVE_INFINITY);
}
