import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { Field } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { openStagingDatabase } from '../stage/staging-database.ts';
import { compareStates } from './compare-states.ts';

const FIELDS: readonly Field[] = [
  { name: 'customer', type: { kind: 'string' }, nullable: true },
  { name: 'orders', type: { kind: 'integer', bits: 32, signed: true }, nullable: true },
];

async function compare(before: string, after: string) {
  using folder = temporaryFolder('compare');
  const database = await openStagingDatabase({
    memoryBytes: 2 ** 28,
    threads: 1,
    scratchFolder: folder.path,
  });
  const rows = (values: string) => ({
    relation: `(SELECT * FROM (VALUES ${values}) AS t(customer, orders))`,
    fields: FIELDS,
  });
  try {
    return await compareStates(database, rows(before), rows(after), { key: ['customer'], samples: 5 });
  } finally {
    database.close();
  }
}

describe('compareStates', () => {
  it('compares by a key in which one row holds NULL', async () => {
    const found = await compare("('a', 1), (NULL, 2), ('b', 3)", "('a', 1), (NULL, 5), ('c', 3)");
    expect(found).toMatchObject({ rowsBefore: 3, rowsAfter: 3, added: 1, removed: 1, changed: 1 });
    expect(found.columns).toEqual([{ column: 'orders', rows: 1 }]);
    expect(found.samples.changed).toEqual([
      { key: ['NULL'], values: [{ column: 'orders', before: '2', after: '5' }] },
    ]);
  });

  it('compares whole rows where the key is not unique', async () => {
    const found = await compare('(NULL, 1), (NULL, 2)', '(NULL, 1), (NULL, 3)');
    expect(found).toMatchObject({ added: 1, removed: 1, changed: 0 });
  });
});
