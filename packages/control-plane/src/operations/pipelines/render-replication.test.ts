import { parsePipeline } from '@millrace/spec';
import { expect, it } from 'vitest';

import { renderReplication } from './render-replication.ts';

const full = { mode: 'full' } as const;
const byChange = { mode: 'incremental', cursor: 'updated at', lookback: '5m', detectsDeletes: true } as const;

it('writes one step for the tables that are loaded in the same way', () => {
  const text = renderReplication({
    name: 'shop',
    from: 'shop',
    into: { connection: 'warehouse', schema: 'raw' },
    tables: [
      { table: 'shop.b', load: full },
      { table: 'shop.orders', load: byChange },
      { table: 'shop.a', load: full },
    ],
    schedule: { cron: '0 * * * *', timezone: 'Europe/Berlin' },
  });
  const { document, diagnostics } = parsePipeline(text, 'shop.yaml');
  expect(diagnostics).toEqual([]);
  expect(document?.schedule).toEqual({ cron: '0 * * * *', timezone: 'Europe/Berlin' });
  expect(document?.steps).toEqual({
    shop_whole: {
      replicate: {
        from: 'shop',
        include: ['shop.a', 'shop.b'],
        load: full,
        into: { connection: 'warehouse', schema: 'raw' },
      },
    },
    shop_by_updated_at: {
      replicate: {
        from: 'shop',
        include: ['shop.orders'],
        load: { mode: 'incremental', cursor: 'updated at', lookback: '5m', deletes: 'detect' },
        into: { connection: 'warehouse', schema: 'raw' },
      },
    },
  });
});

it('names the only step after the connection, and survives names that YAML reads otherwise', () => {
  const text = renderReplication({
    name: 'no',
    from: 'on',
    into: { connection: 'off', schema: null },
    tables: [{ table: '0x1f: #1', load: full }],
    schedule: null,
  });
  const { document } = parsePipeline(text, 'no.yaml');
  expect(document?.name).toBe('no');
  expect(document?.steps).toEqual({
    on: { replicate: { from: 'on', include: ['0x1f: #1'], load: full, into: { connection: 'off' } } },
  });
});
