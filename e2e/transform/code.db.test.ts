import { seededRandom } from '@millrace/connector-sdk/testing';
import type { RunEvent } from '@millrace/engine';
import { describe, expect, it } from 'vitest';

import { WarehouseShop } from './warehouse-shop.ts';

const pipeline = (code: string) => `version: 1
name: coded
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
  labelled:
    code:
      from: orders
${code}
  publish:
    destination: { from: labelled, connection: warehouse, table: mart.labelled }
`;

const LABELS = pipeline(`      columns: { label: string }
      reads: [id, status]
      source: |
        export default (row) => {
          console.log(row.id);
          return { label: row.status + ' ' + row.id };
        };`);

describe('a code step', { timeout: 300_000 }, () => {
  it('runs its function over changed rows only, and the rest stays', async () => {
    await using shop = new WarehouseShop(seededRandom(21), 80);
    const first = await shop.run(LABELS, 'coded');
    expect(logged(first)).toHaveLength(80);
    for (let round = 0; round < 2; round++) {
      shop.change();
      const events = await shop.run(LABELS, 'coded');
      expect(logged(events).length).toBeLessThan(40);
      await shop.run(LABELS, `full${round}`);
      expect(await shop.rows('coded', ['labelled'])).toEqual(await shop.rows(`full${round}`, ['labelled']));
    }
    expect(logged(await shop.run(LABELS, 'coded'))).toEqual([]);
    // Other code makes all rows anew.
    const changed = await shop.run(LABELS.replace("' ' +", "'-' +"), 'coded');
    expect(logged(changed)).toHaveLength(shop.source('SELECT count(*) AS n FROM orders'));
    // So do other columns beside what it returns, although it is called with the same.
    await shop.run(LABELS.replace('      reads:', '      keep: [id, amount]\n      reads:'), 'coded');
    await shop.run(LABELS.replace('      reads:', '      keep: [id, amount, status]\n      reads:'), 'coded');
    const { labelled = [] } = await shop.rows('coded', ['labelled']);
    const known = labelled.filter((row) => /"status":"/.test(row));
    expect(known).toHaveLength(shop.source('SELECT count(*) AS n FROM orders WHERE status IS NOT NULL'));
  });

  it('makes several rows of one, by a key of its own or by none', async () => {
    await using shop = new WarehouseShop(seededRandom(22), 60);
    const code = (key: string) =>
      pipeline(`      columns: { half: int32, part: float64 }
      key: ${key}
      source: 'export default (row) => row.amount === null ? [] : [1, 2].map((half) => ({ half, part: Number(row.amount) / 2 }))'`);
    for (const [name, key] of [
      ['keyed', '[id, half]'],
      ['loose', '[]'],
    ] as const) {
      await shop.run(code(key), name);
      shop.change();
      await shop.run(code(key), name);
      const { labelled = [] } = await shop.rows(name, ['labelled']);
      expect(labelled).toHaveLength(
        2 * shop.source('SELECT count(*) AS n FROM orders WHERE amount IS NOT NULL'),
      );
    }
  });

  it.each([
    [
      'throws',
      `      columns: { label: string }
      source: |
        export default (row) => {
          if (row.id === 33n) throw new RangeError('no label');
          return { label: 'x' };
        };`,
      /^Step labelled: code\.source:2:\d+, row 33 of its input \(id 33\): RangeError: no label\. Handle this row in the function/,
    ],
    [
      'loops forever',
      `      columns: { label: string }
      limits: { timeout: 500ms }
      source: 'export default (row) => { while (row.id === 7n); return { label: "x" }; }'`,
      /^Step labelled: code\.source, row 7 of its input \(id 7\): the function did not end within 0\.5 s/,
    ],
    [
      'returns a wrong type',
      `      columns: { label: int32 }
      source: 'export default (row) => ({ label: row.status })'`,
      /row \d+ of its input \(id \d+\): column "label" is "\w+"; it must be a whole number/,
    ],
    [
      'returns several rows under the key of its input',
      `      columns: { label: string }
      source: 'export default (row) => [{ label: "a" }, { label: "b" }]'`,
      /row 1 of its input.*: it returned several rows for one, and the key of the step is that of its input\. Name the columns/,
    ],
    [
      'returns fewer rows than it was given at once',
      `      columns: { label: string }
      mode: batches
      source: 'export default () => ({ label: ["a"] })'`,
      /it returned 1 rows for 50, and the other columns of the input stay beside them/,
    ],
  ])('that %s fails with the place and publishes nothing', async (_, code, message) => {
    await using shop = new WarehouseShop(seededRandom(23), 50);
    const failed = await shop.run(pipeline(code), 'failed').then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    expect(failed.split('\n').find((line) => line.includes('Step labelled'))).toMatch(message);
    await expect(shop.rows('failed', ['labelled'])).rejects.toThrow(/does not exist|Cannot open/);
  });

  it('can be checked, and sets rows aside', async () => {
    await using shop = new WarehouseShop(seededRandom(24), 60);
    const text = `${pipeline(`      columns: { label: string }
      source: 'export default (row) => ({ label: row.status })'
    checks:
      - notNull: { columns: [label], onFailure: quarantine, threshold: { maxShare: 1 } }`)}`;
    for (let round = 0; round < 3; round++) {
      if (round > 0) shop.change();
      await shop.run(text, 'checked');
      const { labelled = [] } = await shop.rows('checked', ['labelled']);
      expect(labelled).toHaveLength(shop.source('SELECT count(*) AS n FROM orders WHERE status IS NOT NULL'));
    }
  });
});

function logged(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'codeLogged' && event.row !== null ? [event.text] : []));
}
