import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { PipelineError } from '@millrace/connector-sdk';
import { streamXlsxRows } from 'hucre/xlsx';

/** The first sheet of a workbook, as it came from somebody's machine. */
export interface WorkbookRequest {
  readonly path: string;
  /** Where the CSV file is written. */
  readonly target: string;
}

/** Larger than this a workbook of 2 GiB is not: it is made to fill disks. */
const MAX_CHARACTERS = 16 * 1024 ** 3;

/**
 * Writes the first sheet of a workbook as a CSV file, its first row as the header. Dates are ISO 8601 without a zone, as a
 * sheet has none. Throws `fileMalformed` for what is no workbook. Resolves to the number of rows below the header.
 */
export async function workbookToCsv(
  { path, target }: WorkbookRequest,
  signal: AbortSignal,
): Promise<{ readonly rows: number }> {
  let lines = 0;
  let width = 0;
  async function* csv(): AsyncGenerator<string> {
    let characters = 0;
    const bytes = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
    for await (const { values } of streamXlsxRows(bytes)) {
      if (lines === 0) width = values.length;
      // A row ends with its last value.
      const missing = Math.max(0, width - values.length);
      const line = `${values.map(csvCell).join(',')}${','.repeat(missing)}\n`;
      characters += line.length;
      if (characters > MAX_CHARACTERS) throw malformed('its first sheet does not end');
      lines += 1;
      yield line;
    }
    if (lines === 0) throw malformed('its first sheet is empty');
  }
  try {
    await pipeline(csv, createWriteStream(target), { signal });
  } catch (error) {
    if (signal.aborted || error instanceof PipelineError) throw error;
    throw malformed(error instanceof Error ? error.message : String(error), error);
  }
  return { rows: lines - 1 };
}

/** NULL is nothing, and an empty text is quoted. */
function csvCell(value: string | number | boolean | Date | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date)
    return value
      .toISOString()
      .replace(/T00:00:00\.000Z$|Z$/, '')
      .replace('T', ' ');
  if (typeof value !== 'string') return String(value);
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function malformed(reason: string, cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'fileMalformed',
    blame: 'config',
    retry: 'never',
    message: `The file is no Excel workbook that can be read: ${reason}. Save it again as .xlsx, or as CSV.`,
    cause,
  });
}
