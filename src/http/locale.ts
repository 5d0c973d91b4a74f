import type { Locale } from '../messages.ts';

/** The language to answer in, by an Accept-Language header: English where nothing else fits. */
export function matchLocale(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map(parseRange)
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  for (const { tag } of wanted) {
    const locale = localeOf(tag);
    if (locale !== undefined) {
      return locale;
    }
  }
  return 'en';
}

/** One entry: zh-TW;q=0.8. Without q it is 1; with one that is no number from 0 to 1 it does not count. */
function parseRange(range: string): { tag: string; weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const q = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
  const weight = q === undefined ? 1 : Number(q || Number.NaN);
  return { tag, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

/** Chinese is Traditional by script or by region; zh alone, too, as there is no other Chinese here. */
function localeOf(tag: string): Locale | undefined {
  if (tag.toLowerCase() === 'zh') {
    return 'zh-Hant';
  }
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return language === 'en' ? 'en' : language === 'zh' && script === 'Hant' ? 'zh-Hant' : undefined;
  } catch {
    // The wildcard, or no language tag at all.
    return tag === '*' ? 'en' : undefined;
  }
}
