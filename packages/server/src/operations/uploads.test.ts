import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { serveProject } from '../testing/served-project.ts';
import type { ServedProject } from '../testing/served-project.ts';

const CSV = 'id,note\n1,first\n2,second\n';

let served: ServedProject;
beforeEach(async () => {
  served = await serveProject();
});
afterEach(() => served[Symbol.asyncDispose]());

interface Answer {
  readonly uploadId: string;
  readonly source: { readonly connection: string; readonly table: string } | null;
  readonly error?: { readonly message: string };
}

async function send(name: string, part: string, rest: object): Promise<Answer> {
  const data = Buffer.from(part).toString('base64');
  return (await (await served.call('connections/upload-file', { name, data, ...rest })).json()) as Answer;
}

it('takes a file in parts, one of them twice, and makes it a table of a connection', async () => {
  const { uploadId, source } = await send('Orders 2026.csv', CSV.slice(0, 9), { offset: 0, isLast: false });
  expect(source).toBeNull();
  await send('Orders 2026.csv', CSV.slice(0, 9), { uploadId, offset: 0, isLast: false });
  const last = await send('Orders 2026.csv', CSV.slice(9), { uploadId, offset: 9, isLast: true });
  expect(last.source).toEqual({ connection: 'uploads', table: 'orders_2026' });
  expect(readFileSync(join(served.folder, 'uploads', 'orders_2026', 'orders_2026.csv'), 'utf8')).toBe(CSV);
  expect(readFileSync(join(served.folder, 'millrace.yaml'), 'utf8')).toContain('root: uploads');
  const second = await send('items.csv', CSV, { offset: 0, isLast: true });
  expect(second.source).toEqual({ connection: 'uploads', table: 'items' });
});

it('refuses names that lead elsewhere, endings that nothing reads, and files with a hole', async () => {
  for (const name of ['../orders.csv', 'orders.exe', '.csv', 'a/b.csv', 'orders.csv\u0000.txt'])
    expect((await send(name, CSV, { offset: 0, isLast: true })).error?.message, name).toContain('name');
  const { uploadId } = await send('orders.csv', CSV, { offset: 0, isLast: false });
  const { error } = await send('orders.csv', CSV, { uploadId, offset: 999, isLast: true });
  expect(error?.message).toContain('A part of the file is missing');
});
