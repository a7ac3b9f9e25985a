import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { writeXlsxStream } from 'hucre/xlsx';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { workbookToCsv } from './workbook-to-csv.ts';

const never = new AbortController().signal;
let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let target: string;
beforeEach(() => {
  folder = temporaryFolder('workbook');
  path = join(folder.path, 'orders.xlsx');
  target = join(folder.path, 'orders.csv');
});
afterEach(() => folder.remove());

it('writes the first sheet with its header, NULL apart from empty texts', async () => {
  const rows = [
    [1, 'a "b", c', true, new Date('2026-03-01T00:00:00Z')],
    [2.5, '=1+1', false, new Date('2026-03-01T12:30:15Z')],
    [null, 'two\nlines', null, null],
  ];
  const columns = ['id', 'note', 'is_paid', 'day'].map((header) => ({ header }));
  await pipeline(Readable.from(writeXlsxStream(rows, { name: 'Orders', columns })), createWriteStream(path));
  expect(await workbookToCsv({ path, target }, never)).toEqual({ rows: 3 });
  expect(readFileSync(target, 'utf8')).toBe(
    'id,note,is_paid,day\n1,"a ""b"", c",true,2026-03-01\n2.5,=1+1,false,2026-03-01 12:30:15.000\n,"two\nlines",,\n',
  );
});

it('says what is no workbook', async () => {
  writeFileSync(path, 'id,note\n1,a\n');
  await expect(workbookToCsv({ path, target }, never)).rejects.toMatchObject({
    code: 'fileMalformed',
    message: expect.stringContaining('Save it again as .xlsx, or as CSV.'),
  });
});
