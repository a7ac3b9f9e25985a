import { isAscii } from 'node:buffer';

import type { Field } from '@millrace/spec';

import type { IsolateColumn } from './isolate/decode.ts';
import type { PackedColumn } from './packed-batch.ts';

/** A packed column as the isolate takes it: text is decoded here, at once, and cut into values there. */
export function isolateColumn(field: Field, column: PackedColumn): IsolateColumn {
  const { values, valid, heap } = column;
  if (field.type.kind !== 'string' && field.type.kind !== 'json') return { values, valid, heap, text: null };
  const bytes = Buffer.from(heap ?? new ArrayBuffer(0));
  if (isAscii(bytes)) return { values, valid, heap: null, text: bytes.toString('latin1') };
  return { values: toUtf16Offsets(bytes, values), valid, heap: null, text: bytes.toString('utf8') };
}

function toUtf16Offsets(bytes: Uint8Array, values: ArrayBuffer): ArrayBuffer {
  const offsets = new Uint32Array(values);
  const units = new Uint32Array(offsets.length);
  let at = 0;
  let unit = 0;
  for (let row = 1; row < offsets.length; row += 1) {
    const end = offsets[row] as number;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if ((byte & 0xc0) !== 0x80) unit += byte >= 0xf0 ? 2 : 1;
    }
    units[row] = unit;
  }
  return units.buffer;
}
