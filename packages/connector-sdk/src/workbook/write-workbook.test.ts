import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { streamXlsxRows } from 'hucre/xlsx';
import { expect, it } from 'vitest';

import { temporaryFolder } from '../testing/index.ts';
import { writeWorkbook } from './write-workbook.ts';

async function* chunks(...all: readonly (readonly (readonly (string | null)[])[])[]) {
  yield* all;
}

it('writes numbers as numbers while they are exact, and texts as texts whatever they say', async () => {
  const folder = temporaryFolder('excel');
  const path = join(folder.path, 'a.xlsx');
  const columns = [
    { name: 'n', isNumber: true },
    { name: '<note>', isNumber: false },
  ];
  const rows = chunks(
    [
      ['1.50', '=1+1'],
      ['-12345678901234567', 'a & <b> \u0001 _x0041_ \r\n 😀'],
    ],
    [[null, '']],
    [['inf', ' 7 ']],
  );
  expect(await writeWorkbook(path, columns, rows)).toBe(4);
  const read: unknown[] = [];
  const bytes = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  for await (const { values } of streamXlsxRows(bytes)) read.push(values);
  expect(read).toEqual([
    ['n', '<note>'],
    [1.5, '=1+1'],
    ['-12345678901234567', 'a & <b> \u0001 _x0041_ \r\n 😀'],
    [null, ''],
    ['inf', ' 7 '],
  ]);
  folder.remove();
});

it('refuses what no cell holds', async () => {
  const folder = temporaryFolder('excel');
  const columns = [{ name: 'long', isNumber: false }];
  const written = writeWorkbook(join(folder.path, 'a.xlsx'), columns, chunks([['x'.repeat(32_768)]]));
  await expect(written).rejects.toThrow('holds 32767 characters');
  folder.remove();
});
