import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { placeFiles, removeFilesExcept, tableFolder } from './table-files.ts';

const table = { schema: 'shop', name: 'orders' };

/** A folder in memory, which no hard link from the disk can reach. */
const otherDevice = '/dev/shm';

function staged(path: string) {
  return { path, rows: 1, sizeBytes: 0, sha256: '' };
}

describe('placeFiles', () => {
  it('links files, so that they outlive the load package', async () => {
    using folder = temporaryFolder('files');
    const root = join(folder.path, 'w.duckdb.files');
    const path = join(folder.path, 'package.parquet');
    writeFileSync(path, 'rows');
    const placed = await placeFiles(root, table, 3, [staged(path), staged(path)]);
    expect(placed.names).toEqual(['part-00000.parquet', 'part-00001.parquet']);
    const first = join(root, placed.folder, 'part-00000.parquet');
    expect(statSync(first).ino).toBe(statSync(path).ino);
    rmSync(path);
    expect(readFileSync(first, 'utf8')).toBe('rows');
  });

  it.skipIf(!existsSync(otherDevice))('copies files from another device', async () => {
    using folder = temporaryFolder('files');
    const far = join(otherDevice, `millrace-${process.pid}`);
    mkdirSync(far);
    try {
      const path = join(far, 'package.parquet');
      writeFileSync(path, 'rows');
      const placed = await placeFiles(folder.path, table, 1, [staged(path)]);
      expect(readFileSync(join(folder.path, placed.folder, 'part-00000.parquet'), 'utf8')).toBe('rows');
    } finally {
      rmSync(far, { recursive: true });
    }
  });
});

describe('removeFilesExcept', () => {
  it('keeps the folders that are listed, and only touches the table', async () => {
    using folder = temporaryFolder('files');
    const path = join(folder.path, 'package.parquet');
    writeFileSync(path, 'rows');
    const kept = await placeFiles(folder.path, table, 2, [staged(path)]);
    const leftover = await placeFiles(folder.path, table, 2, [staged(path)]);
    const other = await placeFiles(folder.path, { ...table, name: 'orders2' }, 1, [staged(path)]);
    await removeFilesExcept(folder.path, table, [kept.folder, null]);
    const exists = (place: { readonly folder: string }) => existsSync(join(folder.path, place.folder));
    expect([exists(kept), exists(leftover), exists(other)]).toEqual([true, false, true]);
  });
});

describe('tableFolder', () => {
  it('is one folder below a folder of the schema, and its own for every table', () => {
    const names = [
      'orders',
      '..',
      '../x',
      '/x',
      'a/b',
      'a-b',
      'Ä',
      'ä',
      '😀',
      'x'.repeat(300),
      'x'.repeat(301),
      '',
    ];
    const folders = names.map((name) => tableFolder({ schema: name, name }));
    expect(new Set(folders).size).toBe(names.length);
    for (const folder of folders) expect(folder).toMatch(/^[a-z0-9_~-]{1,110}\/[a-z0-9_~-]{1,110}$/u);
  });
});
