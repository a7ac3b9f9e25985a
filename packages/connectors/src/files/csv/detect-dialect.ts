import type { TableConfig } from '../config.ts';
import type { CsvDialect } from './dialect.ts';
import { detectTextType } from './detect-types.ts';
import { BARE, ESCAPED, RecordScanner } from './record-scanner.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const MAX_RECORDS = 5_000;

export interface SampledRecord {
  /** null where an unquoted field is the NULL text. */
  readonly cells: readonly (string | null)[];
  readonly line: number;
}

export interface Sample {
  readonly records: readonly SampledRecord[];
  /** The first record that breaks the dialect, for notes. */
  readonly complaint: string | null;
}

/** Fills in what a person did not declare. Certain properties win over guessed ones; a guess never repairs a file. */
export function detectDialect(
  bytes: Buffer,
  isWhole: boolean,
  declared: NonNullable<TableConfig['dialect']>,
): CsvDialect {
  const quote = declared.quote === undefined ? '"' : declared.quote;
  const delimiters = declared.delimiter === undefined ? DELIMITERS : [declared.delimiter];
  const escapes = declared.escape === undefined ? [quote ?? '"', '\\'] : [declared.escape];
  let best: { readonly dialect: CsvDialect; readonly score: number } | undefined;
  for (const escape of quote === null ? escapes.slice(0, 1) : escapes) {
    for (const delimiter of delimiters) {
      const dialect: CsvDialect = {
        delimiter,
        quote,
        escape,
        header: declared.header ?? true,
        nullText: declared.nullText ?? '',
        encoding: declared.encoding ?? 'utf-8',
      };
      const score = scoreOf(sampleRecords(bytes, isWhole, dialect));
      if (best === undefined || score > best.score) best = { dialect, score };
    }
  }
  // The lists above are never empty.
  const { dialect } = best as NonNullable<typeof best>;
  if (declared.header !== undefined) return dialect;
  return { ...dialect, header: looksLikeHeader(sampleRecords(bytes, isWhole, dialect).records) };
}

/** Records of equal width count most, then their width. */
function scoreOf({ records, complaint }: Sample): number {
  const width = records[0]?.cells.length ?? 0;
  if (width < 2) return complaint === null ? 1 : 0;
  const isEven = records.every((record) => record.cells.length === width);
  return (complaint === null ? 4_000_000 : 0) + (isEven ? 2_000_000 : 0) + width;
}

/** Names are texts, all there and all different; over them stands nothing, so a typed first record is data. */
function looksLikeHeader(records: readonly SampledRecord[]): boolean {
  const [first] = records;
  if (first === undefined) return true;
  const names = first.cells.map((cell) => cell?.trim() ?? '');
  if (names.some((name) => name === '') || new Set(names).size !== names.length) return false;
  return names.every((name) => detectTextType([name]).type.kind === 'string' && !/^[+-]?[\d.,]+$/.test(name));
}

export function sampleRecords(bytes: Buffer, isWhole: boolean, dialect: CsvDialect): Sample {
  const scanner = new RecordScanner(dialect);
  scanner.append(bytes);
  if (isWhole) scanner.finish();
  const records: SampledRecord[] = [];
  let complaint: string | null = null;
  while (records.length < MAX_RECORDS) {
    const scan = scanner.next();
    if (scan === 'more' || scan === 'end') break;
    if (scan === 'malformed') complaint ??= `line ${scanner.line}: ${scanner.reason}`;
    else if (scanner.recordStart !== scanner.recordEnd)
      records.push({ cells: cellsOf(scanner, dialect), line: scanner.line });
  }
  return { records, complaint };
}

function cellsOf(scanner: RecordScanner, dialect: CsvDialect): readonly (string | null)[] {
  return Array.from({ length: scanner.fieldCount }, (_, index) => {
    const start = scanner.starts[index] as number;
    const end = scanner.ends[index] as number;
    const scratch = Buffer.alloc(end - start);
    const text =
      scanner.kinds[index] === ESCAPED
        ? scratch.toString('utf8', 0, scanner.unescape(index, scratch))
        : Buffer.from(scanner.bytes.buffer, scanner.bytes.byteOffset + start, end - start).toString('utf8');
    return scanner.kinds[index] === BARE && text === dialect.nullText ? null : text;
  });
}
