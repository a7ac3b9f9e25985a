import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { QuarantineWriter } from './quarantine-writer.ts';

const row = {
  column: 'day',
  reason: '"2024-00-10" is not a date',
  cells: [Buffer.from('7'), null, Buffer.from([0, 255])],
  origin: 'orders.csv:3',
};

function open(maxRows: number, maxShare: number) {
  const folder = mkdtempSync(join(tmpdir(), 'quarantine-'));
  const path = join(folder, 'shop', 'orders', 'r1-1.jsonl');
  const writer = new QuarantineWriter({
    path,
    table: 'shop.orders',
    columns: ['id', 'note', 'day'],
    key: ['id'],
    limit: { maxRows, maxShare },
  });
  return { writer, path, folder };
}

describe('QuarantineWriter', () => {
  it('keeps key, column, reason, origin and the raw bytes', () => {
    const { writer, path } = open(10, 1);
    writer.add([row]);
    expect(existsSync(path)).toBe(false);
    writer.finish(100);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      table: 'shop.orders',
      key: { id: 'Nw==' },
      column: 'day',
      reason: '"2024-00-10" is not a date',
      cells: { id: 'Nw==', note: null, day: 'AP8=' },
      origin: 'orders.csv:3',
    });
  });

  it('writes nothing where nothing was rejected', () => {
    const { writer, folder } = open(10, 1);
    writer.add([]);
    writer.finish(100);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stops above either limit and keeps the rows for the person who has to look', () => {
    const byRows = open(1, 1);
    expect(() => byRows.writer.add([row, row])).toThrow(
      /2 rows cannot be loaded \(such as day: "2024-00-10" is not a date\); quarantine.maxRows is 1\. Nothing was published/,
    );
    expect(existsSync(byRows.path)).toBe(true);
    const byShare = open(10, 0.01);
    byShare.writer.add([row, row]);
    expect(() => byShare.writer.finish(100)).toThrow(
      /2 of 100 rows cannot be loaded \(such as day: .*\); quarantine.maxShare is 0.01/,
    );
  });

  it('leaves nothing of a load that failed otherwise', () => {
    const { writer, path } = open(10, 1);
    writer.add([row]);
    writer.abort();
    expect(existsSync(path) || existsSync(`${path}.partial`)).toBe(false);
  });
});
