import { ZipWriter } from './zip-writer.ts';

/** Rows of a sheet, its header among them. */
export const MAX_SHEET_ROWS = 1_048_576;
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
 * Writes rows as an Excel workbook with one sheet. A text is a text there, whatever it begins with. Numbers are numbers as
 * long as a cell holds them exactly, and texts otherwise. Throws a RangeError for what no sheet holds.
 */
export async function writeWorkbook(
  path: string,
  columns: readonly SheetColumn[],
  rows: AsyncIterable<readonly (readonly (string | null)[])[]>,
): Promise<number> {
  if (columns.length > MAX_COLUMNS)
    throw new RangeError(
      `An Excel sheet has ${MAX_COLUMNS} columns at most, and there are ${columns.length}.`,
    );
  const counted = { rows: 0 };
  const zip = new ZipWriter(path);
  try {
    for (const [name, text] of Object.entries(FRAME)) await zip.add(name, [text]);
    await zip.add('xl/worksheets/sheet1.xml', sheet(columns, rows, counted));
    await zip.end();
  } catch (error) {
    zip.destroy();
    throw error;
  }
  return counted.rows;
}

async function* sheet(
  columns: readonly SheetColumn[],
  chunks: AsyncIterable<readonly (readonly (string | null)[])[]>,
  counted: { rows: number },
): AsyncGenerator<string> {
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  yield `<row>${columns.map(({ name }) => textCell(name, 1)).join('')}</row>`;
  for await (const rows of chunks) {
    counted.rows += rows.length;
    if (counted.rows >= MAX_SHEET_ROWS)
      throw new RangeError(
        `An Excel sheet has ${MAX_SHEET_ROWS} rows at most, and the answer has more. Export it as CSV or Parquet, or ask for less.`,
      );
    yield rows
      .map((row) => `<row>${row.map((value, index) => cell(value, columns[index])).join('')}</row>`)
      .join('');
  }
  yield '</sheetData></worksheet>';
}

function cell(value: string | null, column: SheetColumn | undefined): string {
  if (value === null) return '<c/>';
  if (column?.isNumber === true && isExactNumber(value)) return `<c><v>${value}</v></c>`;
  return textCell(value, 0);
}

function isExactNumber(text: string): boolean {
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/u.test(text)) return false;
  const [mantissa = ''] = text.split('e');
  return mantissa.replaceAll(/[-.]/gu, '').replace(/^0+/u, '').length <= EXACT_DIGITS;
}

function textCell(text: string, style: 0 | 1): string {
  if (text.length > MAX_TEXT)
    throw new RangeError(
      `A cell of an Excel sheet holds ${MAX_TEXT} characters, and a value has ${text.length}. Export the answer as CSV or Parquet.`,
    );
  return `<c t="inlineStr"${style === 0 ? '' : ` s="${style}"`}><is><t xml:space="preserve">${escape(text)}</t></is></c>`;
}

/** Characters that XML cannot hold are written as Excel writes them, and what looks like one of those is kept from being read so. */
function escape(text: string): string {
  return text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/gu, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(
      /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/gu,
      (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    );
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Everything but the sheet. */
const FRAME: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${KIND}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${KIND}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Answer" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
};
