import type { Field } from '@millrace/spec';

import type { PackedColumn } from './packed-batch.ts';

const SHOWN_CHARACTERS = 60;

/** A row by the values of its key, for people: `id 33, line 2`. Empty where a value is of a type that no key has by habit. */
export function nameRow(key: readonly Field[], columns: readonly PackedColumn[], row: number): string {
  const parts = key.map((field, index) => {
    const column = columns[index];
    const value = column && cellText(field, column, row);
    return value === undefined ? undefined : `${field.name} ${value}`;
  });
  return parts.every((part) => part !== undefined) ? parts.join(', ') : '';
}

function cellText({ type }: Field, { values, valid, heap }: PackedColumn, row: number): string | undefined {
  if (valid !== null && new Uint8Array(valid)[row] === 0) return 'NULL';
  const view = new DataView(values);
  if (type.kind === 'integer') {
    const at = (row * type.bits) / 8;
    switch (type.bits) {
      case 8:
        return String(type.signed ? view.getInt8(at) : view.getUint8(at));
      case 16:
        return String(type.signed ? view.getInt16(at, true) : view.getUint16(at, true));
      case 32:
        return String(type.signed ? view.getInt32(at, true) : view.getUint32(at, true));
      case 64:
        return String(type.signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
    }
  }
  if (type.kind !== 'string' || heap === null) return undefined;
  const [from, to] = [view.getUint32(row * 4, true), view.getUint32(row * 4 + 4, true)];
  const text = Buffer.from(heap, from, to - from).toString('utf8');
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}
