import { Buffer } from 'node:buffer';
import type { SQLOutputValue } from 'node:sqlite';

import type { ColumnWriter } from '@millrace/connector-sdk';
import { formatLogicalType, type LogicalType } from '@millrace/spec';

import { storageClassOf } from './sampled-type.ts';
import { completeTime, completeTimestamp } from './time-text.ts';

/** Writes one value of SQLite, or rejects the row: a value of the wrong storage class is never converted. */
export type CellWriter = (row: number, value: SQLOutputValue) => void;

const SCRATCH_BYTES = 64 * 1024;
/** Above this length the native encoder is faster than a loop over char codes. */
const LOOP_CHARACTERS = 32;
/** Longest part of a refused value that a reason quotes. */
const SHOWN_CHARACTERS = 60;

/** The writer for a column of this type. `scratch` may be shared by all columns of a read. */
export function createCellWriter(column: ColumnWriter, type: LogicalType, scratch: Buffer): CellWriter {
  const refuse = (value: SQLOutputValue): void => {
    column.reject(
      `${describeValue(value)} is stored as ${storageClassOf(value)}, which is not a ${formatLogicalType(type)}`,
    );
  };
  const writeText = (row: number, text: string): void => setText(column, row, text, scratch);
  switch (type.kind) {
    case 'integer':
      if (type.bits === 64 && !type.signed) return textWriter(column, refuse, writeText);
      return (row, value) => {
        if (typeof value === 'bigint') column.setInteger(row, value);
        else if (value === null) column.setNull(row);
        else refuse(value);
      };
    case 'float':
      return (row, value) => {
        if (typeof value === 'number') column.setDouble(row, value);
        else if (value === null) column.setNull(row);
        // How Millrace writes what SQLite has no number for.
        else if (value === 'NaN') column.setDouble(row, Number.NaN);
        else if (typeof value === 'bigint' && BigInt(Number(value)) === value)
          column.setDouble(row, Number(value));
        else refuse(value);
      };
    case 'boolean':
      return (row, value) => {
        if (value === 0n || value === 1n) writeText(row, value === 1n ? '1' : '0');
        else if (value === null) column.setNull(row);
        else refuse(value);
      };
    case 'decimal':
      return (row, value) => {
        if (typeof value === 'bigint') writeText(row, String(value));
        else if (typeof value === 'number') writeText(row, plainDecimal(value));
        else if (typeof value === 'string') writeText(row, value);
        else if (value === null) column.setNull(row);
        else refuse(value);
      };
    case 'string':
      return (row, value) => {
        if (typeof value === 'string') writeText(row, value);
        else if (value === null) column.setNull(row);
        else if (typeof value === 'object') refuse(value);
        else writeText(row, String(value));
      };
    case 'json':
      return (row, value) => {
        if (value === null) column.setNull(row);
        else if (typeof value === 'object' || !isJson(String(value))) refuse(value);
        else writeText(row, String(value));
      };
    case 'bytes':
      return (row, value) => {
        if (value === null) column.setNull(row);
        else if (typeof value === 'object') column.setText(row, value, 0, value.byteLength);
        else refuse(value);
      };
    case 'time':
      return textWriter(column, refuse, (row, text) => writeText(row, completeTime(text)));
    case 'timestamp':
      return textWriter(column, refuse, (row, text) => writeText(row, completeTimestamp(text)));
    case 'date':
    case 'uuid':
      return textWriter(column, refuse, writeText);
  }
}

/** The bytes of a value as quarantine shows them: blobs as they are, everything else as text. */
export function rawCell(value: SQLOutputValue): Uint8Array | null {
  if (value === null) return null;
  return typeof value === 'object' ? value : Buffer.from(String(value), 'utf8');
}

function textWriter(
  column: ColumnWriter,
  refuse: (value: SQLOutputValue) => void,
  write: (row: number, text: string) => void,
): CellWriter {
  return (row, value) => {
    if (typeof value === 'string') write(row, value);
    else if (value === null) column.setNull(row);
    else refuse(value);
  };
}

function setText(column: ColumnWriter, row: number, text: string, scratch: Buffer): void {
  const length = text.length;
  if (length <= LOOP_CHARACTERS) {
    let seen = 0;
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      seen |= code;
      scratch[at] = code;
    }
    if (seen < 0x80) {
      column.setText(row, scratch, 0, length);
      return;
    }
  }
  // A UTF-16 code unit is at most three bytes of UTF-8.
  if (length * 3 <= SCRATCH_BYTES) {
    column.setText(row, scratch, 0, scratch.write(text, 0, 'utf8'));
    return;
  }
  const bytes = Buffer.from(text, 'utf8');
  column.setText(row, bytes, 0, bytes.length);
}

export function allocateScratch(): Buffer {
  return Buffer.allocUnsafeSlow(SCRATCH_BYTES);
}

/** The shortest decimal text that reads back as the double, without an exponent. */
export function plainDecimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', first = '', rest = '', exponentText = '0'] = parts;
  const digits = first + rest;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, '0');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function describeValue(value: SQLOutputValue): string {
  if (typeof value === 'object' && value !== null) return `a blob of ${value.byteLength} bytes`;
  const text = String(value);
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}
