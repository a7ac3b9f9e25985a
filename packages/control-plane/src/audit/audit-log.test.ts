import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/open-store.ts';
import { appendAudit, verifyAudit } from './audit-log.ts';

const never = new AbortController().signal;
const ENTRIES = 1200;
let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let store: Store;
beforeEach(async () => {
  folder = temporaryFolder('audit');
  path = join(folder.path, 'state.db');
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  folder.remove();
});

function append(action: string): Promise<void> {
  return appendAudit(
    store,
    {
      actor: { by: 'session', userId: 'u1', name: 'ada@example.org' },
      address: '127.0.0.1',
      action,
      target: '{"pipeline":"shop"}',
      outcome: 'done',
      reason: null,
    },
    1_790_000_000_000,
  );
}

function change(statement: string): void {
  const database = new DatabaseSync(path);
  database.exec(statement);
  database.close();
}

let made: Promise<string> | undefined;
const longFolder = temporaryFolder('audit-long');
afterAll(() => longFolder.remove());

/** More than a page of it, made once, without waiting for the disk. */
function longLog(): Promise<string> {
  made ??= (async () => {
    const long = join(longFolder.path, 'state.db');
    store = await openStore(long);
    await sql`pragma synchronous = off`.execute(store.db);
    for (let count = 0; count < ENTRIES; count += 1) await append(`act/number-${count}`);
    await store[Symbol.asyncDispose]();
    return long;
  })();
  return made;
}

describe('the audit log', () => {
  it('is intact when it is empty, and after entries that came at the same time', async () => {
    store = await openStore(path);
    expect(await verifyAudit(store, never)).toMatchObject({ isIntact: true, entries: 0 });
    await Promise.all(Array.from({ length: 40 }, (_, index) => append(`act/number-${index}`)));
    const rows = await store.db.selectFrom('audit_entries').select('sequence').orderBy('sequence').execute();
    expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(await verifyAudit(store, never)).toMatchObject({ isIntact: true, entries: 40, brokenAt: null });
  });

  it.each([
    [
      'an entry that is changed',
      "UPDATE audit_entries SET actor = 'somebody else' WHERE sequence = 1100",
      1100,
    ],
    ['a time that is changed', 'UPDATE audit_entries SET at = at + 1 WHERE sequence = 2', 2],
    ['an outcome that is changed', "UPDATE audit_entries SET outcome = 'denied' WHERE sequence = 1", 1],
    ['an entry that is removed', 'DELETE FROM audit_entries WHERE sequence = 700', 700],
    ['entries cut off at the end', 'DELETE FROM audit_entries WHERE sequence > 1198', 1199],
    [
      'an entry in place of another',
      'UPDATE audit_entries SET hash = (SELECT hash FROM audit_entries WHERE sequence = 3) WHERE sequence = 4',
      4,
    ],
    ['a log that is emptied', 'DELETE FROM audit_entries', 1],
  ])('notices %s', async (_, statement, brokenAt) => {
    copyFileSync(await longLog(), path);
    store = await openStore(path);
    expect(await verifyAudit(store, never)).toMatchObject({ isIntact: true, entries: ENTRIES });
    change(statement);
    expect(await verifyAudit(store, never)).toMatchObject({ isIntact: false, brokenAt });
  });
});
