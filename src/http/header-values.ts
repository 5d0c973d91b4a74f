/** One value of a header such as Accept, Accept-Language or Content-Type. */
export interface HeaderValue {
  /** text/html, zh-TW or *, as it was written. */
  readonly value: string;
  /** What comes after it, in lower case: charset=utf-8. */
  readonly parameters: readonly string[];
}

/** Takes one value and its parameters apart. */
export function parseHeaderValue(text: string): HeaderValue {
  const [value = '', ...parameters] = text.split(';').map((part) => part.trim());
  return { value, parameters: parameters.map((parameter) => parameter.toLowerCase()) };
}

/**
 * What a header that lists preferences asks for, most wanted first. The weight is q: 1 where there is
 * none; a value with 0, or with what is no number from 0 to 1, is left out.
 */
export function byPreference(header: string): HeaderValue[] {
  return header
    .split(',')
    .map(parseHeaderValue)
    .map((parsed) => ({ ...parsed, weight: weightOf(parsed) }))
    .filter(({ value, weight }) => value !== '' && weight > 0 && weight <= 1)
    .sort((one, other) => other.weight - one.weight);
}

/** Whether a media type is in UTF-8, or says nothing of that. */
export function isUtf8({ parameters }: HeaderValue): boolean {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset === undefined || /^charset="?utf-8"?$/.test(charset);
}

function weightOf({ parameters }: HeaderValue): number {
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return q === undefined ? 1 : Number(q || Number.NaN);
}
