import type { Locale } from '../messages.ts';
import { byPreference } from './header-values.ts';

/** The language to answer in, by an Accept-Language header: English where nothing else fits. */
export function matchLocale(acceptLanguage: string | undefined): Locale {
  for (const { value } of byPreference(acceptLanguage ?? '')) {
    const locale = localeOf(value);
    if (locale !== undefined) {
      return locale;
    }
  }
  return 'en';
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
