import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { rememberRevision } from '../documents/revisions.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { DocumentError } from './document-error.ts';
import { loadLastValid } from './load-last-valid.ts';
import { loadPipeline } from './project.ts';

const TEXT = `version: 1
name: sales
steps:
  orders:
    replicate: { from: shop, into: { connection: warehouse, schema: raw } }
`;

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;

beforeEach(async () => {
  folder = temporaryFolder('last-valid');
  mkdirSync(join(folder.path, 'pipelines'));
  store = await openStore(join(folder.path, 'state.db'));
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  folder.remove();
});

async function failure(): Promise<unknown> {
  writeFileSync(join(folder.path, 'pipelines', 'sales.yaml'), TEXT.replace('replicate', 'replcate'));
  return await loadPipeline(folder.path, folder.path, 'sales').then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a pipeline whose file is wrong now', () => {
  it('is what its last valid text says, which is told', async () => {
    const seen = { pipeline: 'sales', origin: 'file', author: null } as const;
    const revision = await rememberRevision(store, { ...seen, text: TEXT, isValid: true });
    await rememberRevision(store, { ...seen, text: 'name: sales', isValid: false });
    const loaded = await loadLastValid(store, 'sales', { isComplete: true }, await failure());
    expect(Object.keys(loaded.document.steps)).toEqual(['orders']);
    expect(loaded.note).toContain('pipelines/sales.yaml is wrong now');
    expect(loaded.note).toContain(`revision ${revision}`);
  });

  it('stays an error without a valid text before it, and for other reasons', async () => {
    const error = await failure();
    expect(error).toBeInstanceOf(DocumentError);
    await expect(loadLastValid(store, 'sales', { isComplete: true }, error)).rejects.toBe(error);
    const other = new Error('the disk is gone');
    await expect(loadLastValid(store, 'sales', { isComplete: true }, other)).rejects.toBe(other);
  });
});
