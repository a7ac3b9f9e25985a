import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { newSeed } from '@millrace/connector-sdk/testing';
import { foldRun } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runHere } from './attempt.ts';
import { EQUAL, reconcile } from './reconcile.ts';
import { openShop, type Shop } from './shop.ts';

/** A small disk needs the right to mount one. */
const canMount = tryMount();

describe.skipIf(!canMount)('a disk that is full (F4)', () => {
  let shop: Shop;
  const mounted: string[] = [];
  beforeEach(() => {
    shop = openShop(newSeed(), 20_000);
  });
  afterEach(() => {
    for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
    shop.close();
  });

  function mountSmall(name: string): string {
    const folder = join(shop.folder, name);
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96k', 'tmpfs', folder]);
    mounted.push(folder);
    return folder;
  }

  it('while staging is named, publishes nothing, and the next run with space goes on', async () => {
    const folder = mountSmall('stage');
    const failed = await runHere(shop, { runId: 'r1', tasks: await shop.plan() });
    const errors = [...foldRun(failed).tasks.values()].map((task) => task.error);
    expect(errors.some((error) => error?.code === 'diskFull' && error.message.includes(folder))).toBe(true);
    execFileSync('mount', ['-o', 'remount,size=64m', folder]);
    const events = await runHere(shop, { runId: 'r2', tasks: await shop.plan() });
    expect(foldRun(events).status).toBe('succeeded');
    expect(await reconcile(shop)).toEqual(EQUAL);
  });

  it('while keeping poison is named, and no row is lost', async () => {
    const folder = mountSmall('quarantine');
    shop.database.exec("UPDATE orders SET customer = 'not a number ' || hex(randomblob(400))");
    const type = { kind: 'integer', bits: 64, signed: true } as const;
    const [task] = (
      await shop.plan({ quarantine: { maxRows: 1e9, maxShare: 1 }, load: { kind: 'full' } })
    ).filter((one) => one.id === 'warehouse:orders');
    if (task === undefined) throw new Error('There is no task for orders.');
    const fields = task.source.fields.map((field) =>
      field.name === 'customer' ? { ...field, type } : field,
    );
    const columns = task.columns.map((column) =>
      column.field.name === 'customer' ? { ...column, field: { ...column.field, type } } : column,
    );
    const events = await runHere(shop, {
      runId: 'r1',
      tasks: [{ ...task, source: { ...task.source, fields }, columns }],
    });
    const error = foldRun(events).tasks.get(task.id)?.error;
    expect(error).toMatchObject({ code: 'diskFull', message: expect.stringContaining(folder) });
    expect(events.some((event) => event.type === 'taskPublished')).toBe(false);
  });
});

function tryMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-mount-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) return false;
  return spawnSync('umount', [folder]).status === 0;
}
