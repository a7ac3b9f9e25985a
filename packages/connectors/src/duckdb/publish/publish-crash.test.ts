import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { ChildPublication } from '../harness/publish-child.ts';
import { noSignal, openTestWarehouse, queryFile } from '../harness/test-warehouse.ts';
import { openDuckdbDestination } from '../destination.ts';

const child = join(import.meta.dirname, '..', 'harness', 'publish-child.ts');
const table = { schema: 'shop', name: 'orders' };

function publish(publication: ChildPublication): NodeJS.Signals | number | null {
  const { signal, status, stderr } = spawnSync(process.execPath, [child, JSON.stringify(publication)], {
    encoding: 'utf8',
  });
  if (status !== 0 && signal === null) throw new Error(stderr);
  return signal ?? status;
}

describe.each(['replace', 'append', 'merge', 'scd2'] as const)('%s', (mode) => {
  it.each(['staged', 'beforeCommit', 'afterCommit'])(
    'killed at %s and run again loses and repeats nothing',
    async (killAt) => {
      await using warehouse = await openTestWarehouse();
      await warehouse.destination[Symbol.asyncDispose]();
      const base = await warehouse.stage.file("SELECT i AS id, 'base' AS note FROM range(5) r(i)");
      const delta = await warehouse.stage.file("SELECT i AS id, 'delta' AS note FROM range(3, 8) r(i)");
      const path = warehouse.config.path;
      expect(publish({ warehouse: path, runId: 'first', mode, file: base, killAt: null })).toBe(0);
      const second: ChildPublication = { warehouse: path, runId: 'second', mode, file: delta, killAt };
      expect(publish(second)).toBe('SIGKILL');

      const notes = 'SELECT note, count(*) FROM shop.orders GROUP BY 1 ORDER BY 1';
      const before = [['base', '5']];
      const after = {
        replace: [['delta', '5']],
        append: [
          ['base', '5'],
          ['delta', '5'],
        ],
        merge: [
          ['base', '3'],
          ['delta', '5'],
        ],
        scd2: [
          ['base', '5'],
          ['delta', '5'],
        ],
      }[mode];
      expect(await queryFile(warehouse.config, notes)).toEqual(killAt === 'afterCommit' ? after : before);

      expect(publish({ ...second, killAt: null })).toBe(0);
      expect(await queryFile(warehouse.config, notes)).toEqual(after);
      await using destination = await openDuckdbDestination(warehouse.config, noSignal);
      const [described] = await destination.describe([table], noSignal);
      expect(described?.record).toMatchObject({ runId: 'second', version: 2, position: { after: 'second' } });
      // Leftovers of the killed attempt go with the next publication at the latest.
      expect(readdirSync(join(`${path}.files`, 'shop', 'orders')).length).toBeLessThanOrEqual(2);
    },
  );
});
