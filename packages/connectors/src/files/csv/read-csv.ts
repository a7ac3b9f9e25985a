import type { BatchBuilder } from '@millrace/connector-sdk';

import { malformed } from '../errors.ts';
import { BARE, ESCAPED, RecordScanner } from './record-scanner.ts';
import type { CsvDialect } from './dialect.ts';

/** A closing quote that never comes makes the scanner search the rest of the file, so few of them are tolerated. */
const MAX_UNTERMINATED = 100;
const SHOWN_NAMES = 6;

export interface CsvReadPlan {
  readonly path: string;
  readonly dialect: CsvDialect;
  /** All columns of the files in order. */
  readonly columns: readonly string[];
  /** For each column of the files the column of the batch, or -1. */
  readonly targets: readonly number[];
  readonly onMalformed: 'stop' | 'quarantine';
  readonly maxRecordBytes: number;
}

/**
 * Writes the records of one file into a batch builder. Calls `flush` whenever the builder is full.
 * Returns how many records the file had, the header not counted.
 */
export async function* readCsv(
  plan: CsvReadPlan,
  chunks: AsyncIterable<Uint8Array>,
  builder: BatchBuilder,
): AsyncGenerator<'full', number, undefined> {
  const scanner = new RecordScanner(plan.dialect);
  const writer = new CsvRecordWriter(plan, scanner, builder);
  for await (const chunk of chunks) {
    scanner.append(chunk);
    while (writer.step()) if (builder.isFull) yield 'full';
    if (scanner.pendingBytes > plan.maxRecordBytes) {
      throw malformed(
        `${plan.path}:${scanner.line}`,
        `the record is longer than ${plan.maxRecordBytes} bytes; a quote may not be closed`,
        'Correct the file, or raise maxRecordBytes of the connection.',
      );
    }
  }
  scanner.finish();
  while (writer.step()) if (builder.isFull) yield 'full';
  writer.finish();
  return writer.records;
}

class CsvRecordWriter {
  records = 0;
  readonly #plan: CsvReadPlan;
  readonly #scanner: RecordScanner;
  readonly #builder: BatchBuilder;
  readonly #nullText: Uint8Array;
  #needsHeader: boolean;
  /** Line of the first of the empty lines just passed; they are harmless only at the end of the file. */
  #emptyLine: number | null = null;
  #emptyLines = 0;
  #scratch = new Uint8Array(1024);
  readonly #cells: (Uint8Array | null)[];

  constructor(plan: CsvReadPlan, scanner: RecordScanner, builder: BatchBuilder) {
    this.#plan = plan;
    this.#scanner = scanner;
    this.#builder = builder;
    this.#nullText = Buffer.from(plan.dialect.nullText, 'utf8');
    this.#needsHeader = plan.dialect.header;
    this.#cells = builder.columns.map(() => null);
  }

  /** Handles the next record; false when there is none in the bytes at hand. */
  step(): boolean {
    const scanner = this.#scanner;
    const scan = scanner.next();
    if (scan === 'more' || scan === 'end') return false;
    if (scan === 'record' && this.#isEmptyLine()) {
      this.#emptyLine ??= scanner.line;
      this.#emptyLines += 1;
      return true;
    }
    if (this.#emptyLine !== null) this.#refuseEmptyLines(this.#emptyLine);
    if (scan === 'malformed') this.#refuse(scanner.reason);
    else if (this.#needsHeader) this.#checkHeader();
    else if (scanner.fieldCount !== this.#plan.columns.length) this.#refuse(this.#countComplaint());
    else this.#write();
    return true;
  }

  finish(): void {
    if (!this.#needsHeader) return;
    throw malformed(
      this.#plan.path,
      'it has no header',
      `Its first line must name the columns: ${this.#plan.columns.join(', ')}.`,
    );
  }

  #isEmptyLine(): boolean {
    const scanner = this.#scanner;
    return (
      scanner.fieldCount === 1 &&
      scanner.kinds[0] === BARE &&
      scanner.recordStart === scanner.recordEnd &&
      this.#plan.columns.length > 1
    );
  }

  #refuseEmptyLines(line: number): void {
    this.#emptyLine = null;
    for (; this.#emptyLines > 0; this.#emptyLines -= 1)
      this.#refuseAt(line, 'the line is empty', new Uint8Array(0));
  }

  #checkHeader(): void {
    const scanner = this.#scanner;
    const plan = this.#plan;
    const names = Array.from({ length: scanner.fieldCount }, (_, index) => this.#text(index));
    this.#needsHeader = false;
    const differs =
      names.length !== plan.columns.length || names.some((name, index) => name !== plan.columns[index]);
    if (!differs) return;
    throw malformed(
      `${plan.path}:${scanner.line}`,
      `its header is ${names.join(', ')} instead of ${plan.columns.join(', ')}`,
      'Correct the file, or declare the columns of the table as they are.',
    );
  }

  #text(index: number): string {
    const { bytes, start, end } = this.#range(index);
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
  }

  #range(index: number): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
    const scanner = this.#scanner;
    const start = scanner.starts[index] as number;
    const end = scanner.ends[index] as number;
    if (scanner.kinds[index] !== ESCAPED) return { bytes: scanner.bytes, start, end };
    if (this.#scratch.length < end - start) this.#scratch = new Uint8Array((end - start) * 2);
    return { bytes: this.#scratch, start: 0, end: scanner.unescape(index, this.#scratch) };
  }

  #write(): void {
    const scanner = this.#scanner;
    const builder = this.#builder;
    const plan = this.#plan;
    const { columns, row } = builder;
    for (let index = 0; index < scanner.fieldCount; index += 1) {
      const target = plan.targets[index] as number;
      const column = columns[target];
      if (column === undefined) continue;
      const start = scanner.starts[index] as number;
      const end = scanner.ends[index] as number;
      const kind = scanner.kinds[index];
      if (kind === BARE && this.#isNull(start, end)) {
        column.setNull(row);
      } else if (kind === ESCAPED) {
        const { bytes, end: length } = this.#range(index);
        column.setText(row, bytes, 0, length);
      } else {
        column.setText(row, scanner.bytes, start, end);
      }
    }
    this.records += 1;
    builder.endRow(this.#rawCells, `${plan.path}:${scanner.line}`);
  }

  #isNull(start: number, end: number): boolean {
    const nullText = this.#nullText;
    if (end - start !== nullText.length) return false;
    const { bytes } = this.#scanner;
    for (let at = 0; at < nullText.length; at += 1) if (bytes[start + at] !== nullText[at]) return false;
    return true;
  }

  readonly #rawCells = (): readonly (Uint8Array | null)[] => {
    this.#plan.targets.forEach((target, index) => {
      if (target < 0) return;
      const isNull =
        this.#scanner.kinds[index] === BARE &&
        this.#isNull(this.#scanner.starts[index] as number, this.#scanner.ends[index] as number);
      const { bytes, start, end } = this.#range(index);
      this.#cells[target] = isNull ? null : bytes.slice(start, end);
    });
    return this.#cells;
  };

  #countComplaint(): string {
    const { columns } = this.#plan;
    const names = columns.slice(0, SHOWN_NAMES).join(', ') + (columns.length > SHOWN_NAMES ? ', …' : '');
    const found = this.#scanner.fieldCount;
    return `the record has ${found} field${found === 1 ? '' : 's'} instead of ${columns.length} (${names})`;
  }

  #refuse(reason: string): void {
    const scanner = this.#scanner;
    this.#refuseAt(scanner.line, reason, scanner.bytes.subarray(scanner.recordStart, scanner.recordEnd));
  }

  #refuseAt(line: number, reason: string, record: Uint8Array): void {
    const where = `${this.#plan.path}:${line}`;
    if (
      this.#plan.onMalformed === 'stop' ||
      this.#needsHeader ||
      this.#scanner.unterminated > MAX_UNTERMINATED
    ) {
      throw malformed(
        where,
        reason,
        'Correct the file, declare the dialect it has, or set onMalformed: quarantine for its table.',
      );
    }
    this.records += 1;
    // There are no cells to speak of: the record as it stands takes the place of the first.
    this.#builder.rejectRow(
      null,
      reason,
      this.#cells.map((_, index) => (index === 0 ? record : null)),
      where,
    );
  }
}
