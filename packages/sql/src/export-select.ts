import { duckdbDialect, quoteIdentifier, quoteText } from './dialect.ts';

/** How a file of rows is written. `jsonl` is a line of JSON for each row, `json` one list of them. */
export type FileFormat = 'csv' | 'json' | 'jsonl' | 'parquet';

/** What stands after TO in a COPY of DuckDB. */
export const FILE_OPTIONS: Readonly<Record<FileFormat, string>> = {
  csv: 'FORMAT csv, HEADER true',
  json: 'FORMAT json, ARRAY true',
  jsonl: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
};

/** A column of an answer, with DuckDB's name of its type. */
export interface ExportColumn {
  readonly name: string;
  readonly type: string;
}

/** Types whose text cannot be taken for a formula, except for the sign of a number, which is one. */
const PLAIN =
  /^(?:BOOLEAN|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP.*|TIME WITH TIME ZONE|UUID|INTERVAL)$/u;

/** As spreadsheets read them, also in full width. */
const FORMULA = '^[=+\\-@\\t\\r\\n＝＋－＠]';

/**
 * The rows of something that can follow FROM, under names that differ whatever their case. `isForSheets`: a text that a
 * spreadsheet would take for a formula gets an apostrophe before it.
 */
export function exportSelect(from: string, columns: readonly ExportColumn[], isForSheets: boolean): string {
  const names = exportNames(columns);
  const values = columns.map(({ type }, index) => {
    const value = `c${index}`;
    const name = names[index] ?? '';
    const shown = quoteIdentifier(duckdbDialect, isForSheets ? neutralName(name) : name);
    if (!isForSheets || PLAIN.test(type)) return `${value} AS ${shown}`;
    const said = `CAST(${value} AS VARCHAR)`;
    return `CASE WHEN regexp_matches(${said}, ${quoteText(duckdbDialect, FORMULA)}) THEN '''' || ${said} ELSE ${said} END AS ${shown}`;
  });
  const aliases = columns.map((_, index) => `c${index}`);
  return `SELECT ${values.join(', ')} FROM ${from} AS answer(${aliases.join(', ')})`;
}

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|FLOAT|DOUBLE)$/u;

/** The columns of a sheet of rows: under the same names, and whether their texts are numbers. */
export function sheetColumns(
  columns: readonly ExportColumn[],
): readonly { readonly name: string; readonly isNumber: boolean }[] {
  const names = exportNames(columns);
  return columns.map(({ type }, index) => ({ name: names[index] ?? '', isNumber: NUMBER.test(type) }));
}

function neutralName(name: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(name) ? `'${name}` : name;
}

/** A file's columns have names of their own, whatever the case. */
function exportNames(columns: readonly ExportColumn[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name === '' ? 'column' : name;
    for (let count = 2; taken.has(unique.toLowerCase()); count++) unique = `${name}_${count}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
