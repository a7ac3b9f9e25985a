import type { DocumentValue, DraftStep, VerbName } from '@millrace/spec';

import { settingFields, type FormField } from './form-fields.ts';
import { verbEntry } from './verb-entries.ts';

/** One line that says what a step does: the filter's expression, the join's keys; empty while nothing is set. */
export function stepMeaning({ verb, settings }: DraftStep): string {
  const { connection, table } = settings;
  if (typeof table === 'string') return typeof connection === 'string' ? `${connection} · ${table}` : table;
  if (verb === 'replicate') {
    const into = settings['into'];
    const target = typeof into === 'object' && into !== null && !Array.isArray(into) ? words(into) : '';
    return [words(settings['from']), target].filter((part) => part !== '').join(' → ');
  }
  const inputs = new Set(verbEntry(verb)?.inputs.map(([first]) => first));
  const choices = verb === undefined ? new Set<unknown>() : choicesOf(verb);
  const told = Object.entries(settings)
    .filter(([key]) => !inputs.has(key) && key !== 'and')
    .toSorted(([left], [right]) => Number(choices.has(left)) - Number(choices.has(right)));
  return told.map(([, value]) => words(value)).find((text) => text !== '') ?? '';
}

/** Settings that say how, not what: they are told when there is nothing else to tell. */
function choicesOf(verb: VerbName): ReadonlySet<unknown> {
  const fields = settingFields(verb, verbEntry(verb)?.inputs ?? []);
  const isChoice = ({ control: { kind } }: FormField): boolean => kind === 'choice' || kind === 'switch';
  return new Set(fields.filter(isChoice).map(({ path }) => path.at(-1)));
}

/** A value in a few words: keys of expressions, names of columns. */
function words(value: DocumentValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ').trim();
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((item: DocumentValue) => words(item)).join(', ');
  return Object.entries(value)
    .map(([key, item]) => {
      const of = typeof item === 'object' ? '' : words(item);
      return of === '' || of === key ? key : `${key} = ${of}`;
    })
    .join(', ');
}
