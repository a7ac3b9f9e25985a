import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { afterAll, expect, it } from 'vitest';

import type { QuarantineRequest } from './quarantine-request.ts';
import { withRelations } from './read-quarantine.ts';

const temporary = temporaryFolder('read-quarantine');
const path = (name: string): string => join(temporary.path, name);
const request: QuarantineRequest = {
  plans: [],
  loads: [],
  selection: {},
  folders: { stage: path('stage'), quarantine: path('quarantine'), scratch: path('scratch') },
  limits: { memoryBytes: 2 ** 28, threads: 1 },
};

afterAll(() => temporary.remove());

it('begins anew when a run has replaced the files that were to be read', async () => {
  const file = path('rows.parquet');
  let begun = 0;
  const rows = await withRelations(request, async (_, database) => {
    begun += 1;
    if (begun === 2) await database.execute(`COPY (SELECT 7 AS total) TO '${file}' (FORMAT parquet)`);
    return await database.query(`SELECT total FROM read_parquet('${file}')`);
  });
  expect(rows).toEqual([{ total: 7 }]);
  expect(begun).toBe(2);
});

it('gives up on files that are nowhere, and on any other failure at once', async () => {
  let begun = 0;
  const missing = withRelations(request, (_, database) => {
    begun += 1;
    return database.query(`SELECT * FROM read_parquet('${path('nowhere.parquet')}')`);
  });
  await expect(missing).rejects.toThrow('No files found');
  expect(begun).toBe(3);
  const wrong = withRelations(request, (_, database) => {
    begun += 1;
    return database.query('SELECT nothing');
  });
  await expect(wrong).rejects.toThrow('nothing');
  expect(begun).toBe(4);
});
