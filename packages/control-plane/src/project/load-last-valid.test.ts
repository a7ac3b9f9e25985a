import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { parsePipeline } from '@millrace/spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { markCompiled, rememberRevision } from '../documents/revisions.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { DocumentError } from './document-error.ts';
import { loadLastValid } from './load-last-valid.ts';
import { loadPipeline, type ValidPipeline } from './project.ts';

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
  const seen = { pipeline: 'sales', origin: 'file', author: null } as const;
  const given = { isComplete: true };
  const any = async () => true;

  function current(text: string): ValidPipeline {
    const parsed = parsePipeline(text, 'pipelines/sales.yaml', given);
    if (!parsed.document) throw new Error('The text is wrong.');
    return { path: 'p', file: 'pipelines/sales.yaml', text, parsed, document: parsed.document };
  }

  it('is what its last valid text says, which is told', async () => {
    const revision = await rememberRevision(store, { ...seen, text: TEXT, isValid: true });
    await rememberRevision(store, { ...seen, text: 'name: sales', isValid: false });
    const wrong = { pipeline: 'sales', given, current: undefined, judge: any };
    const loaded = await loadLastValid(store, wrong, await failure());
    expect(Object.keys(loaded.document.steps)).toEqual(['orders']);
    expect(loaded.note).toContain('pipelines/sales.yaml is wrong now');
    expect(loaded.note).toContain(`revision ${revision}`);
  });

  it('is the newest text that compiles, not the newest that can be parsed', async () => {
    const texts = ['first', 'second', 'third', 'fourth'].map((step) => TEXT.replace('orders', step));
    for (const text of texts) await rememberRevision(store, { ...seen, text, isValid: true });
    const judged: string[] = [];
    const judge = async ({ document }: ValidPipeline) => {
      judged.push(...Object.keys(document.steps));
      return 'second' in document.steps;
    };
    const wrong = { pipeline: 'sales', given, current: current(texts[3] ?? ''), judge };
    const loaded = await loadLastValid(store, wrong, await failure());
    expect(Object.keys(loaded.document.steps)).toEqual(['second']);
    expect(judged).toEqual(['third', 'second']);
  });

  it('stays an error when its text ran before: then the source is another one now', async () => {
    await rememberRevision(store, { ...seen, text: TEXT, isValid: true });
    const text = TEXT.replace('orders', 'newer');
    await rememberRevision(store, { ...seen, text, isValid: true });
    const wrong = { pipeline: 'sales', given, current: current(text), judge: any };
    const error = await failure();
    expect((await loadLastValid(store, wrong, error)).text).toBe(TEXT);
    await markCompiled(store, 'sales', text);
    await expect(loadLastValid(store, wrong, error)).rejects.toBe(error);
  });

  it('stays an error without a valid text before it, and for other reasons', async () => {
    const error = await failure();
    const wrong = { pipeline: 'sales', given, current: undefined, judge: any };
    expect(error).toBeInstanceOf(DocumentError);
    await expect(loadLastValid(store, wrong, error)).rejects.toBe(error);
    const other = new Error('the disk is gone');
    await expect(loadLastValid(store, wrong, other)).rejects.toBe(other);
  });
});
