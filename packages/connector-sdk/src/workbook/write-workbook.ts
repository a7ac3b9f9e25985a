import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { writeXlsxStream } from 'hucre/xlsx';

const MAX_COLUMNS = 16_384;
const MAX_TEXT = 32_767;
/** Digits that a cell's number keeps exactly. */
const EXACT_DIGITS = 15;

export interface SheetColumn {
  readonly name: string;
  /** Its texts are numbers. */
  readonly isNumber: boolean;
}

/**
 * Writes rows as an Excel workbook; what a sheet does not hold goes on in the next. A text is a text there, whatever it
 * begins with. Numbers are numbers as long as a cell holds them exactly, and texts otherwise. Throws a RangeError for what
 * no cell holds. Resolves to the number of rows.
 */
export async function writeWorkbook(
  path: string,
  columns: readonly SheetColumn[],
  chunks: AsyncIterable<readonly (readonly (string | null)[])[]>,
): Promise<number> {
  if (columns.length > MAX_COLUMNS)
    throw new RangeError(
      `An Excel sheet has ${MAX_COLUMNS} columns at most, and there are ${columns.length}.`,
    );
  let count = 0;
  async function* cells(): AsyncGenerator<(string | number | null)[]> {
    for await (const rows of chunks) {
      count += rows.length;
      for (const row of rows) yield row.map((value, index) => cell(value, columns[index]));
    }
  }
  const workbook = writeXlsxStream(cells(), {
    name: 'Answer',
    columns: columns.map(({ name }) => ({ header: name })),
    freezePane: { rows: 1 },
  });
  await pipeline(Readable.from(workbook), createWriteStream(path));
  return count;
}

function cell(value: string | null, column: SheetColumn | undefined): string | number | null {
  if (value === null) return null;
  if (column?.isNumber === true && isExactNumber(value)) return Number(value);
  if (value.length > MAX_TEXT)
    throw new RangeError(
      `A cell of an Excel sheet holds ${MAX_TEXT} characters, and a value has ${value.length}. Export the answer as CSV or Parquet.`,
    );
  // A workbook writes some characters as _x000D_, which the library does; what only looks so would be read as one.
  return value.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/gu, '_x005F_');
}

function isExactNumber(text: string): boolean {
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/u.test(text)) return false;
  const [mantissa = ''] = text.split('e');
  return mantissa.replaceAll(/[-.]/gu, '').replace(/^0+/u, '').length <= EXACT_DIGITS;
}
