import { createContext, use } from 'react';
import type { Locale } from '../../messages.ts';

/** One text in each language; the languages have the same keys. */
export type Translations<Texts> = Record<Locale, Texts>;

/** The language that the page is in, and the tag that dates and numbers follow: en-GB for a British reader. */
export interface Language {
  readonly locale: Locale;
  readonly formatTag: string;
}

export const LanguageContext = createContext<Language>({ locale: 'en', formatTag: 'en' });

/** The texts in the language of the page. */
export function useTexts<Texts>(translations: Translations<Texts>): Texts {
  return translations[use(LanguageContext).locale];
}

/** The language for a reader who prefers these tags, the most wanted first; `chosen` goes before them. */
export function languageFor(preferred: readonly string[], chosen: Locale | undefined): Language {
  const supported = preferred.flatMap((tag) => {
    const locale = localeOf(tag);
    return locale === undefined ? [] : [{ locale, formatTag: tag }];
  });
  if (chosen === undefined) {
    return supported[0] ?? { locale: 'en', formatTag: 'en' };
  }
  return supported.find(({ locale }) => locale === chosen) ?? { locale: chosen, formatTag: chosen };
}

/**
 * Any Chinese is better served with Traditional characters than with English. Undefined also for what
 * is no language tag: browsers take some, such as en-US@posix, from the system as they are.
 */
function localeOf(tag: string): Locale | undefined {
  try {
    const { language } = new Intl.Locale(tag);
    return language === 'zh' ? 'zh-Hant' : language === 'en' ? 'en' : undefined;
  } catch {
    return undefined;
  }
}
