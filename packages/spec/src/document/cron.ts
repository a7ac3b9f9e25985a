/** The fields of a cron text in order: their bounds, and the names that stand for numbers from the lower bound on. */
const FIELDS: readonly (readonly [low: number, high: number, names: readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']],
  [0, 7, ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
];

/**
 * Whether a text says times in the five fields of cron: minute, hour, day of the month, month, day of the week (0 and 7 are
 * Sunday). A field is `*`, a number, a range or a list of them; `/n` after `*` or a range takes every nth.
 */
export function isCron(text: string): boolean {
  const fields = text.split(' ');
  return (
    fields.length === FIELDS.length && FIELDS.every((field, index) => isField(fields[index] ?? '', field))
  );
}

function isField(text: string, [low, high, names]: (typeof FIELDS)[number]): boolean {
  const numberOf = (word: string): number => {
    if (/^\d{1,2}$/.test(word)) return Number(word);
    const index = names.indexOf(word.toLowerCase());
    return index < 0 ? Number.NaN : low + index;
  };
  return text.split(',').every((part) => {
    const match = /^(?:(\*)|([^-/]+)(?:-([^-/]+))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return false;
    const [, star, first, last, step] = match;
    if (step !== undefined && (Number(step) < 1 || Number(step) > high)) return false;
    if (star !== undefined) return true;
    // Some take 5/10 as "from 5 on", others as "at 5"; it has to be written as a range.
    if (step !== undefined && last === undefined) return false;
    const from = numberOf(first ?? '');
    const to = last === undefined ? from : numberOf(last);
    return from >= low && to <= high && from <= to;
  });
}

/** Whether this machine knows a time zone of that name. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
