/** The language of the pages, and the catalogues' one function. */

import type { Text } from '../engine/generated/types.ts';

export type { Text };
export type Language = 'zh-CN' | 'en';
export type Values = Readonly<Record<string, string | number>>;
/** The English catalogue of a Chinese one: every key, no other. */
export type English<Chinese> = { readonly [Key in keyof Chinese]: string };

const STORED = 'kaoping.language';
let current = $state<Language>(remembered());

export const language = {
  get current(): Language {
    return current;
  },
  set current(next: Language) {
    current = next;
    document.documentElement.lang = next;
    try {
      localStorage.setItem(STORED, next);
    } catch {
      // Without storage the choice lasts until the page closes.
    }
  },
};

/** Makes an app's `t(key, values)`. `{n}` stands for a value, `{n:answer|answers}` for the form that fits its number. */
export function translator<Chinese extends Readonly<Record<string, string>>>(
  chinese: Chinese,
  english: English<Chinese>,
): (key: keyof Chinese & string, values?: Values) => string {
  return (key, values = {}) => fill((current === 'en' ? english : chinese)[key] ?? key, values);
}

/** The service's sentence in the page's language. */
export function say(text: Text): string {
  return current === 'en' ? text.en : text.zh;
}

export function fill(pattern: string, values: Values): string {
  return pattern.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined || many === undefined) return String(value);
    return Number(value) === 1 ? one : many;
  });
}

function remembered(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // Chinese then.
  }
  const language = stored === 'en' ? 'en' : 'zh-CN';
  document.documentElement.lang = language;
  return language;
}
