import { describe, expect, it } from 'vitest';

import { toPipelineError } from './errors.ts';

/** Messages of DuckDB 1.5.5, word for word. */
const MESSAGES = [
  [
    'IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67.\nThe database file was created with a newer version of DuckDB.',
    'configInvalid',
  ],
  ['Out of Memory Error: failed to allocate data of size 1.0 MiB (15.2 MiB/16.0 MiB used)', 'outOfMemory'],
  ['INTERRUPT Error: Interrupted!', 'cancelled'],
  [
    'IO Error: Could not write all bytes to file "w.duckdb": wanted=262144 wrote=4096 No space left on device',
    'diskFull',
  ],
  ['Constraint Error: NOT NULL constraint failed: orders.id', 'schemaDrift'],
  [
    "Conversion Error: Type INT64 with value 300 can't be cast because the value is out of range for the destination type INT8",
    'valueUnrepresentable',
  ],
  ['Catalog Error: Table with name orders does not exist!', 'tableMissing'],
  ['Parser Error: syntax error at or near "SELEC"', 'queryFailed'],
] as const;

describe('toPipelineError', () => {
  it.each(MESSAGES)('knows what %j means', (message, code) => {
    const error = toPipelineError(new Error(message), 'Publishing shop.orders failed', 'destination');
    expect(error).toMatchObject({ code, message: expect.stringContaining('Publishing shop.orders failed') });
  });

  it('tells a full disk from a missing right by the code of the file system', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, link'), { code: 'ENOSPC' });
    expect(toPipelineError(full, 'Placing files failed', 'destination')).toMatchObject({
      code: 'diskFull',
      retry: 'backoff',
    });
    const denied = Object.assign(new Error('EACCES: permission denied, mkdir'), { code: 'EACCES' });
    expect(toPipelineError(denied, 'Placing files failed', 'destination')).toMatchObject({
      code: 'permissionDenied',
    });
  });
});
