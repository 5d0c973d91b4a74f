import { useSyncExternalStore } from 'react';
import { LOCALES, type Locale } from '../../messages.ts';

export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

/** What a reader has chosen; kept by the browser, and the same in all of its tabs. */
export interface Settings {
  readonly theme: Theme;
  /** Undefined: as the browser says. */
  readonly locale: Locale | undefined;
  /** Whether to be notified when a batch ends. */
  readonly notify: boolean;
}

const KEY = 'showrunner.settings';
const DEFAULTS: Settings = { theme: 'system', locale: undefined, notify: false };

let current = read(localStorage.getItem(KEY));
const listeners = new Set<() => void>();

/** Takes up a choice. */
export function choose(changes: Partial<Settings>): void {
  current = { ...current, ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
  tell();
}

/** The settings, at present. */
export function currentSettings(): Settings {
  return current;
}

export function useSettings(): Settings {
  return useSyncExternalStore(listen, currentSettings);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) {
    listener();
  }
}

window.addEventListener('storage', ({ key, newValue }) => {
  if (key === KEY) {
    current = read(newValue);
    tell();
  }
});

function read(stored: string | null): Settings {
  let found: unknown;
  try {
    found = JSON.parse(stored ?? '{}');
  } catch {
    return DEFAULTS;
  }
  if (typeof found !== 'object' || found === null) {
    return DEFAULTS;
  }
  const { theme, locale, notify }: { theme?: unknown; locale?: unknown; notify?: unknown } = found;
  return {
    theme: THEMES.find((each) => each === theme) ?? DEFAULTS.theme,
    locale: LOCALES.find((each) => each === locale),
    notify: notify === true,
  };
}
