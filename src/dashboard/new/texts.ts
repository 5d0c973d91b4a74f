import type { Translations } from '../text/locale.ts';
import { ENGLISH } from './texts-en.ts';
import { CHINESE } from './texts-zh.ts';

/** What this page says. */
export const NEW_BATCH_TEXTS: Translations<typeof ENGLISH> = { en: ENGLISH, 'zh-Hant': CHINESE };
