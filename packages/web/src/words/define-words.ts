import i18next from 'i18next';

import { formatNumber } from '../ui/format-number.ts';

type PluralSuffix = '_zero' | '_one' | '_two' | '_few' | '_many' | '_other';
/** The names that words are asked for by: without the suffix of their plural forms. */
type WordKey<English> = {
  [Key in keyof English & string]: Key extends `${infer Base}${PluralSuffix}` ? Base : Key;
}[keyof English & string];

/** Says the words of a key in the reader's language. `count` chooses the plural form; values replace `{{name}}`, numbers in groups of digits. */
export type Words<English> = (
  key: WordKey<English>,
  values?: Readonly<Record<string, string | number>>,
) => string;

const PLURAL_FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/**
 * The words of one area, in English where they stand; other languages come as i18next resources under the area's name.
 * A key that counts has its forms as `key_one` and `key_other`.
 */
export function defineWords<const English extends Readonly<Record<string, string>>>(
  area: string,
  english: English,
): Words<English> {
  return (key, given = {}) => {
    const values = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        // The one that chooses the form stays a number.
        typeof value === 'number' && name !== 'count' ? formatNumber(value) : value,
      ]),
    );
    // A count that comes as text was written by its caller.
    const counted = (text: string): string =>
      typeof given['count'] === 'number' ? text.replaceAll('{{count}}', '{{count, number}}') : text;
    const defaults: Record<string, string> = {};
    for (const form of PLURAL_FORMS) {
      const text = english[`${key}_${form}`];
      if (text !== undefined) defaults[`defaultValue_${form}`] = counted(text);
    }
    return i18next.t(`${area}:${key}`, {
      ...values,
      ...defaults,
      defaultValue: counted(english[key] ?? english[`${key}_other`] ?? key),
    });
  };
}

/** Before anything is rendered. */
export function startWords(language = 'en'): void {
  void i18next.init({
    lng: language,
    fallbackLng: 'en',
    resources: {},
    keySeparator: false,
    initAsync: false,
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  });
}
