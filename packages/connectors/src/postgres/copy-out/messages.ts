import type { ServerError } from '../errors.ts';

/** The values of a DataRow as text; throws RangeError when the body is shorter than it claims. */
export function readDataRow(body: Buffer): (string | null)[] {
  const columns = body.readInt16BE(0);
  const values: (string | null)[] = [];
  let at = 2;
  for (let index = 0; index < columns; index += 1) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) {
      values.push(null);
      continue;
    }
    if (at + length > body.length) throw new RangeError('A DataRow ends before its last value.');
    values.push(body.toString('utf8', at, at + length));
    at += length;
  }
  return values;
}

/** `COPY 42`. */
export function readCommandTag(body: Buffer): string {
  return textUntilZero(body, 0);
}

/** The fields of an ErrorResponse or NoticeResponse. */
export function readServerError(body: Buffer): ServerError {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const value = textUntilZero(body, at + 1);
    fields.set(String.fromCharCode(body[at] as number), value);
    at += 2 + Buffer.byteLength(value);
  }
  return {
    code: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? 'PostgreSQL reported an error without a message',
    detail: fields.get('D'),
    where: fields.get('W'),
  };
}

/** A simple Query message: one or several statements. */
export function queryMessage(sql: string): Buffer {
  const length = Buffer.byteLength(sql);
  const message = Buffer.alloc(length + 6);
  message[0] = 0x51;
  message.writeInt32BE(length + 5, 1);
  message.write(sql, 5);
  return message;
}

function textUntilZero(body: Buffer, start: number): string {
  const end = body.indexOf(0, start);
  return body.toString('utf8', start, end < 0 ? body.length : end);
}
