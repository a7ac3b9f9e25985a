import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { createLiveFeed } from '../live/live-feed.ts';
import { openStore } from '../store/open-store.ts';
import { lastValidRevision, listDocumentRevisions } from './revisions.ts';
import { watchDocuments } from './watch-documents.ts';

const TEXT = `version: 1
name: sales
steps:
  orders:
    replicate: { from: shop, into: { connection: warehouse, schema: raw } }
`;

it('tells of changed files, and keeps the last valid text of one that is wrong', async () => {
  using folder = { ...temporaryFolder('watch'), [Symbol.dispose]: () => folder.remove() };
  mkdirSync(join(folder.path, 'pipelines'));
  const path = join(folder.path, 'pipelines', 'sales.yaml');
  writeFileSync(join(folder.path, 'millrace.yaml'), 'version: 1\nname: x\n');
  writeFileSync(path, TEXT);
  await using store = await openStore(join(folder.path, 'state.db'));
  const live = createLiveFeed(async () => store);
  const ended = new AbortController();
  const facts = live.subscribe(undefined, ended.signal)[Symbol.asyncIterator]();
  const next = facts.next();
  await using _ = await watchDocuments({ projectFolder: folder.path, store: async () => store, live });
  const valid = await lastValidRevision(store, 'sales');
  expect(valid?.text).toBe(TEXT);

  writeFileSync(path, TEXT.replace('replicate', 'replcate'));
  expect((await next).value).toMatchObject({
    kind: 'document',
    path: 'pipelines/sales.yaml',
    pipeline: 'sales',
  });
  expect(await listDocumentRevisions(store, 'sales', 9)).toMatchObject([
    { number: 2, isValid: false, origin: 'file' },
    { number: 1, isValid: true },
  ]);
  expect(await lastValidRevision(store, 'sales')).toEqual(valid);

  const after = facts.next();
  writeFileSync(join(folder.path, 'millrace.yaml'), 'version: 1\nname: y\n');
  expect((await after).value).toMatchObject({ kind: 'document', path: 'millrace.yaml', pipeline: null });
  ended.abort();
});
