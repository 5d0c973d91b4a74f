const WORDS =
  'the moon tide harbour keeps light slow letters over water bread rises where patient hands turn flour into morning and every lamp along the quay answers another until night is only distance between two voices'.split(
    ' ',
  );

/** A text of so many characters, of words in an order that `seed` decides. */
export function textOf(characters: number, seed: number): string {
  let state = (seed + 1) * 2_654_435_761;
  let text = '';
  while (text.length < characters) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `${WORDS[state % WORDS.length]} `;
  }
  return text.slice(0, characters);
}
