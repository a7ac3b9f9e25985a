/** Texts that a spreadsheet would take for a formula; numbers are none, whatever their sign. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu;

/** Rows as CSV in which a spreadsheet finds no formula. */
export function toSafeCsv(rows: readonly (readonly (string | null)[])[]): string {
  return rows.map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: string | null): string {
  if (value === null) return '';
  const safe = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) || safe === '' ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands rows out as a file. */
export function downloadCsv(name: string, rows: readonly (readonly (string | null)[])[]): void {
  const url = URL.createObjectURL(new Blob([toSafeCsv(rows)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
