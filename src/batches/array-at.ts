/**
 * SQL of an array that is given as a value, whose length no plan goes by: one that was made anew for
 * each number of elements takes longer to make than to run.
 */
export function arrayAt(place: string, type: string): string {
  return `(SELECT ${place}::${type}[])::${type}[]`;
}
