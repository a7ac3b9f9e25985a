import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { writeWorkbook } from './write-workbook.ts';

async function* chunks(...all: readonly (readonly (readonly (string | null)[])[])[]) {
  yield* all;
}

/** The text of a file in a ZIP file, found by the list at its end as every reader does. */
function entry(path: string, wanted: string): string {
  const bytes = readFileSync(path);
  const end = bytes.length - 22;
  expect(bytes.readUInt32LE(end)).toBe(0x0605_4b50);
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    const length = bytes.readUInt16LE(at + 28);
    const name = bytes.subarray(at + 46, at + 46 + length).toString();
    const start = bytes.readUInt32LE(at + 42);
    const data = start + 30 + bytes.readUInt16LE(start + 26);
    const text = inflateRawSync(bytes.subarray(data, data + bytes.readUInt32LE(at + 20)));
    expect([text.length, crc32(text)]).toEqual([bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 16)]);
    if (name === wanted) return text.toString();
    at += 46 + length;
  }
  throw new Error(`There is no ${wanted}.`);
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
  const sheet = entry(path, 'xl/worksheets/sheet1.xml');
  const cells = [...sheet.matchAll(/<c[^>]*?(?:\/>|>(.*?)<\/c>)/gsu)].map(([, inner = '']) =>
    inner.replaceAll(/<\/?(?:is|t)(?: [^>]*)?>/gu, ''),
  );
  expect(cells).toEqual([
    'n',
    '&lt;note&gt;',
    '<v>1.50</v>',
    '=1+1',
    '-12345678901234567',
    'a &amp; &lt;b&gt; _x0001_ _x005F_x0041_ _x000D_\n 😀',
    '',
    '',
    'inf',
    ' 7 ',
  ]);
  expect(entry(path, 'xl/workbook.xml')).toContain('<sheet name="Answer"');
  folder.remove();
});

it('refuses what no cell holds', async () => {
  const folder = temporaryFolder('excel');
  const columns = [{ name: 'long', isNumber: false }];
  const written = writeWorkbook(join(folder.path, 'a.xlsx'), columns, chunks([['x'.repeat(32_768)]]));
  await expect(written).rejects.toThrow('holds 32767 characters');
  folder.remove();
});
