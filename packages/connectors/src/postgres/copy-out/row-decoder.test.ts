import { BatchBuilder, canonicalRows } from '@millrace/connector-sdk';
import { newSeed, seededRandom } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { CopyOutReader } from './copy-out-reader.ts';
import { createRowDecoder } from './row-decoder.ts';

const STRING: LogicalType = { kind: 'string' };
const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const BYTES: LogicalType = { kind: 'bytes' };
const TYPES: readonly LogicalType[] = [INT32, STRING, BYTES, STRING];
const ESCAPES = ['plain', 'text', 'bytes', 'text'] as const;

const LETTERS: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
};

/** What the server writes for a text. */
function escaped(text: string): string {
  return text.replace(/[\b\f\n\r\t\v\\]/g, (letter) => `\\${LETTERS[letter]}`);
}

function message(type: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([header, bytes]);
}

describe('rows of COPY in text format', () => {
  it('are decoded as they were meant, cut anywhere, escaped anyhow, of any length', async () => {
    const seed = newSeed();
    const random = seededRandom(seed);
    const alphabet = ['a', 'é', '🦆', '\t', '\n', '\\', '\r', '\b', '\x01', 'N', '.', ' '];
    const text = (): string | null => {
      if (random.integer(0, 9) === 0) return null;
      const length = random.pick([0, 1, 5, 11, 12, 13, 62, 63, 64, 65, 66, 130, 3000]);
      const plain = random.integer(0, 1) === 0;
      return Array.from({ length }, () => (plain ? 'x' : random.pick(alphabet))).join('');
    };
    const rows = Array.from({ length: 400 }, (): (string | null)[] => [
      random.integer(0, 9) === 0 ? null : String(random.integer(-(2 ** 31), 2 ** 31 - 1)),
      text(),
      random.integer(0, 9) === 0 ? null : Buffer.from(random.bytes(random.integer(0, 100))).toString('hex'),
      text(),
    ]);
    const wire = (row: readonly (string | null)[]): string =>
      `${row.map((cell, index) => (cell === null ? '\\N' : index === 2 ? `\\\\x${cell}` : index === 0 ? cell : escaped(cell))).join('\t')}\n`;
    const answer = Buffer.concat([
      message('H', Buffer.from([0, 0, 0])),
      ...rows.map((row) => message('d', wire(row))),
      message('c', ''),
      message('C', `COPY ${rows.length}\0`),
      message('C', 'COMMIT\0'),
      message('Z', 'I'),
    ]);
    for (const longest of [3, 100, 5000, answer.length]) {
      const builder = new BatchBuilder(
        TYPES.map((type, index) => ({
          name: String(index),
          type,
          ...(type.kind === 'bytes' ? { encoding: 'hex' as const } : {}),
        })),
        { maxRows: 64, maxHeapBytes: 50_000 },
      );
      const decoding = createRowDecoder(
        ESCAPES.map((escapes) => ({ escapes })),
        builder,
      );
      const nothing = (): void => undefined;
      const reader = new CopyOutReader({
        subject: 'Test',
        builder,
        decoding,
        onSign: nothing,
        onPause: nothing,
        onResume: nothing,
      });
      // The receive buffer is one and the same for each read, as on a plain socket.
      const buffer = Buffer.alloc(answer.length);
      for (let at = 0; at < answer.length;) {
        const length = Math.min(random.integer(1, longest), answer.length - at);
        answer.copy(buffer, 0, at, at + length);
        reader.receive(buffer, length);
        buffer.fill(0x64, 0, length);
        at += length;
      }
      const decoded: (readonly (string | null)[])[] = [];
      for (let batch = await reader.next(); batch !== undefined; batch = await reader.next())
        decoded.push(...canonicalRows(batch, TYPES));
      expect(decoded, `seed ${seed}`).toEqual(rows);
      expect(reader.rowsSent()).toBe(rows.length);
    }
  });

  it('that are rejected keep their cells without escapes', async () => {
    const builder = new BatchBuilder([
      { name: 'n', type: INT32 },
      { name: 't', type: STRING },
    ]);
    const decoding = createRowDecoder([{ escapes: 'plain' }, { escapes: 'text' }], builder);
    const bytes = Buffer.concat([
      message('d', 'x1\ta\\tb\n'),
      message('d', '\\N\t\\N\n'),
      message('d', '2147483648\t\\N\n'),
    ]);
    expect(decoding.decode(bytes, 0, bytes.length)).toBe(bytes.length);
    const batch = builder.take();
    expect(batch.rows).toBe(1);
    expect(
      batch.rejected.map(({ column, cells }) => [
        column,
        ...cells.map((cell) => (cell === null ? null : Buffer.from(cell).toString())),
      ]),
    ).toEqual([
      ['n', 'x1', 'a\tb'],
      ['n', '2147483648', null],
    ]);
    expect(decoding.rows()).toBe(3);
  });

  it.each([0, 1, 31, 32, 33, 100, 1600])('of %i columns are decoded', (count) => {
    const builder = new BatchBuilder(
      Array.from({ length: count }, (_, index) => ({ name: `c${index}`, type: STRING })),
    );
    const decoding = createRowDecoder(
      Array.from({ length: count }, () => ({ escapes: 'text' as const })),
      builder,
    );
    const row = Array.from({ length: count }, (_, index) => (index % 7 === 3 ? null : `value ${index}`));
    const bytes = message('d', `${row.map((cell) => cell ?? '\\N').join('\t')}\n`);
    expect(decoding.decode(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(
      canonicalRows(
        builder.take(),
        Array.from({ length: count }, () => STRING),
      ),
    ).toEqual([row]);
  });
});
