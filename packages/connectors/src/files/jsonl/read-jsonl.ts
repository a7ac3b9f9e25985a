import type { BatchBuilder, ColumnWriter } from '@millrace/connector-sdk';
import { formatLogicalType, type LogicalType } from '@millrace/spec';

import { malformed } from '../errors.ts';
import { LineSplitter } from './line-splitter.ts';
import { hasControlCharacter, parseString, scanObject, type Member } from './object-scanner.ts';

export interface JsonlReadPlan {
  readonly path: string;
  /** Every name an object may have, with the column of the batch or -1. */
  readonly targets: ReadonlyMap<string, number>;
  /** Types of the batch's columns. */
  readonly types: readonly LogicalType[];
  /** Written by Millrace, where NULL of a JSON column is an absent name and `null` is the JSON value. */
  readonly isPublished: boolean;
  readonly onMalformed: 'stop' | 'quarantine';
  readonly maxRecordBytes: number;
}

/** Writes the objects of one file into a batch builder, yielding whenever it is full; returns how many there were. */
export async function* readJsonl(
  plan: JsonlReadPlan,
  chunks: AsyncIterable<Uint8Array>,
  builder: BatchBuilder,
): AsyncGenerator<'full', number, undefined> {
  const lines = new LineSplitter();
  const writer = new ObjectWriter(plan, lines, builder);
  for await (const chunk of chunks) {
    lines.append(chunk);
    while (lines.next(false)) {
      writer.write();
      if (builder.isFull) yield 'full';
    }
    if (lines.pendingBytes > plan.maxRecordBytes) {
      throw malformed(
        `${plan.path}:${lines.line + 1}`,
        `the line is longer than ${plan.maxRecordBytes} bytes`,
        'Correct the file, or raise maxRecordBytes of the connection.',
      );
    }
  }
  while (lines.next(true)) {
    writer.write();
    if (builder.isFull) yield 'full';
  }
  return writer.records;
}

class ObjectWriter {
  records = 0;
  readonly #plan: JsonlReadPlan;
  readonly #lines: LineSplitter;
  readonly #builder: BatchBuilder;
  #found: readonly Member[] = [];

  constructor(plan: JsonlReadPlan, lines: LineSplitter, builder: BatchBuilder) {
    this.#plan = plan;
    this.#lines = lines;
    this.#builder = builder;
  }

  write(): void {
    const lines = this.#lines;
    const plan = this.#plan;
    if (isBlank(lines)) return;
    this.records += 1;
    const members = scanObject(lines.bytes, lines.start, lines.end);
    if (typeof members === 'string') return this.#refuse(members);
    const unknown = members.find((member) => !plan.targets.has(member.name));
    if (unknown !== undefined) {
      return this.#refuse(
        `the object has ${JSON.stringify(unknown.name)}, which is not among the columns of the table`,
      );
    }
    this.#found = members;
    const { columns, row } = this.#builder;
    for (const column of columns) column.setNull(row);
    for (const member of members) {
      const target = plan.targets.get(member.name) ?? -1;
      const column = columns[target];
      if (column === undefined) continue;
      const isJson = plan.types[target]?.kind === 'json';
      if (member.kind === 'null' && !(isJson && plan.isPublished)) continue;
      // What `setNull` marked above.
      column.restore(row);
      this.#set(column, plan.types[target] as LogicalType, member);
    }
    this.#builder.endRow(this.#rawCells, `${plan.path}:${lines.line}`);
  }

  #set(column: ColumnWriter, type: LogicalType, member: Member): void {
    const { bytes } = this.#lines;
    const { row } = this.#builder;
    if (member.kind === 'string' && type.kind !== 'json') {
      if (!canBeText(type) && !(type.kind === 'float' && isNotFinite(bytes, member))) {
        return column.reject(`a string is not a ${formatLogicalType(type)} in JSON`);
      }
      if (!member.hasEscapes) {
        if (hasControlCharacter(bytes, member.start, member.end))
          column.reject('the string holds a bare control character');
        else column.setText(row, bytes, member.start, member.end);
        return;
      }
      const text = parseString(bytes, member.start - 1, member.end + 1);
      if (text === undefined) column.reject('the string is not valid Unicode');
      else column.setString(row, text);
      return;
    }
    if (type.kind === 'json') {
      const quoted = member.kind === 'string' ? 1 : 0;
      if (quoted === 1 && parseString(bytes, member.start - 1, member.end + 1) === undefined)
        column.reject('the string is not valid JSON');
      else column.setText(row, bytes, member.start - quoted, member.end + quoted);
      return;
    }
    if (!accepts(type, member.kind))
      return column.reject(`a ${member.kind} value is not a ${formatLogicalType(type)} in JSON`);
    column.setText(row, bytes, member.start, member.end);
  }

  readonly #rawCells = (): readonly (Uint8Array | null)[] => {
    const cells: (Uint8Array | null)[] = this.#builder.columns.map(() => null);
    for (const member of this.#found) {
      const target = this.#plan.targets.get(member.name) ?? -1;
      if (target >= 0 && member.kind !== 'null')
        cells[target] = this.#lines.bytes.slice(member.start, member.end);
    }
    return cells;
  };

  #refuse(reason: string): void {
    const where = `${this.#plan.path}:${this.#lines.line}`;
    if (this.#plan.onMalformed === 'stop') {
      throw malformed(
        where,
        reason,
        'Correct the file, declare its columns, or set onMalformed: quarantine for its table.',
      );
    }
    const record = this.#lines.bytes.subarray(this.#lines.start, this.#lines.end);
    this.#builder.rejectRow(
      null,
      reason,
      this.#builder.columns.map((_, index) => (index === 0 ? record : null)),
      where,
    );
  }
}

function isBlank(lines: LineSplitter): boolean {
  for (let at = lines.start; at < lines.end; at += 1) {
    const byte = lines.bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

/** JSON has numbers and booleans of its own; integers beyond 2^53 and decimals are often written as strings, though. */
function canBeText(type: LogicalType): boolean {
  return type.kind !== 'boolean' && type.kind !== 'float';
}

/** JSON has no numbers for these. */
function isNotFinite(bytes: Uint8Array, member: Member): boolean {
  return /^-?(?:nan|inf|infinity)$/i.test(
    Buffer.from(bytes.slice(member.start, member.end)).toString('latin1'),
  );
}

function accepts(type: LogicalType, kind: Member['kind']): boolean {
  if (kind === 'boolean') return type.kind === 'boolean';
  return kind === 'number' && (type.kind === 'integer' || type.kind === 'float' || type.kind === 'decimal');
}
