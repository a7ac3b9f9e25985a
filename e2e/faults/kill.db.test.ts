import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { newSeed } from '@millrace/connector-sdk/testing';
import { foldRun, type RunPoint } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runAttempt } from './attempt.ts';
import { EQUAL, reconcile } from './reconcile.ts';
import { openShop, type Shop } from './shop.ts';

/** `FAULT_SEEDS=200` is the long form; `npm run soak` sets it. */
const SEEDS = Number(process.env['FAULT_SEEDS'] ?? 2);
/** Every point of a run is twenty times the place of death in a soak of 200 seeds. */
const ROUNDS = Math.ceil(SEEDS / 10);
const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
const POINTS: readonly RunPoint[] = [
  'planned',
  'extracting',
  'staged',
  'manifestWritten',
  'checked',
  'publish:staged',
  'publish:beforeCommit',
  'publish:afterCommit',
  'recorded',
];

describe(`a process that is killed (seed ${FIRST_SEED})`, () => {
  let shop: Shop;
  beforeEach(() => {
    shop = openShop(FIRST_SEED);
  });
  afterEach(() => shop.close());

  it.for(POINTS)(
    'at %s of a first and of an incremental load converges to the source (F1)',
    { timeout: 60_000 * ROUNDS },
    async (killAt) => {
      for (let round = 0; round < ROUNDS; round++) {
        const one = openShop(FIRST_SEED + round);
        try {
          await killAndResume(one, killAt);
        } finally {
          one.close();
        }
      }
    },
  );

  it('at any moment converges to the source (F2)', { timeout: 60_000 * SEEDS }, async () => {
    for (let index = 0; index < SEEDS; index++) {
      const seed = FIRST_SEED + index;
      const one = openShop(seed, 20_000);
      try {
        for (const runId of ['run1', 'run2']) {
          const tasks = await one.plan();
          let attempt = 1;
          for (; attempt <= 3; attempt++) {
            const { wasKilled } = await runAttempt(one, {
              runId,
              tasks,
              attempt,
              killAfterMs: one.random.integer(150, 1200),
            });
            if (!wasKilled) break;
          }
          await runAttempt(one, { runId, tasks, attempt: attempt + 1 });
          expect(await reconcile(one), `seed ${seed}, ${runId}`).toEqual(EQUAL);
          expectNoLeftovers(one);
          one.change();
        }
      } finally {
        one.close();
      }
    }
  });

  it(
    'among many that run at once leaves one writer, and the rest say why (F21)',
    { timeout: 90_000 },
    async () => {
      const tasks = await shop.plan();
      const runs = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          runAttempt(shop, { runId: `run${index}`, attempt: 1, tasks }),
        ),
      );
      for (const { events } of runs) {
        const failed = [...foldRun(events).tasks.values()].flatMap((task) => task.error?.code ?? []);
        for (const code of failed) expect(['warehouseBusy', 'fenced']).toContain(code);
      }
      expect(runs.some(({ events }) => foldRun(events).status === 'succeeded')).toBe(true);
      await runAttempt(shop, { runId: 'last', attempt: 1, tasks });
      expect(await reconcile(shop)).toEqual(EQUAL);
    },
  );

  it('twice with the same payload publishes once', { timeout: 180_000 }, async () => {
    const options = { runId: 'run1', attempt: 1, tasks: await shop.plan() };
    await runAttempt(shop, options);
    const repeated = await runAttempt(shop, options);
    const published = repeated.events.filter((event) => event.type === 'taskPublished');
    expect(published.map((event) => [event.isAdopted, event.record.version])).toEqual([
      [true, 1],
      [true, 1],
    ]);
    expect(await reconcile(shop)).toEqual(EQUAL);
  });
});

async function killAndResume(shop: Shop, killAt: RunPoint): Promise<void> {
  const first = { runId: 'run1', tasks: await shop.plan() };
  expect((await runAttempt(shop, { ...first, attempt: 1, killAt })).wasKilled).toBe(true);
  const resumed = await runAttempt(shop, { ...first, attempt: 2 });
  expect(foldRun(resumed.events).status).toBe('succeeded');
  expect(await reconcile(shop)).toEqual(EQUAL);

  shop.change();
  const second = { runId: 'run2', tasks: await shop.plan() };
  const killed = await runAttempt(shop, { ...second, attempt: 1, killAt });
  expect(killed.wasKilled).toBe(true);
  const again = await runAttempt(shop, { ...second, attempt: 2 });
  expect(foldRun(again.events).status).toBe('succeeded');
  expect(await reconcile(shop)).toEqual(EQUAL);
  expectNoLeftovers(shop);

  // What was durable is not done again.
  const staged = again.events.filter((event) => event.type === 'taskStaged');
  const isDurable =
    POINTS.indexOf(killAt) >= POINTS.indexOf('manifestWritten') &&
    POINTS.indexOf(killAt) < POINTS.indexOf('publish:afterCommit');
  if (isDurable) expect(staged.some((event) => event.isReused)).toBe(true);
  if (killAt === 'publish:afterCommit') {
    expect(again.events.some((event) => event.type === 'taskPublished' && event.isAdopted)).toBe(true);
  }
}

/** Every package folder has its manifest, and nothing is left in the scratch folder of the last attempt. */
function expectNoLeftovers(shop: Shop): void {
  const pipeline = join(shop.folder, 'stage', 'shop');
  for (const task of readdirSync(pipeline)) {
    for (const attempt of readdirSync(join(pipeline, task))) {
      expect(existsSync(join(pipeline, task, attempt, 'manifest.json')), `${task}/${attempt}`).toBe(true);
    }
  }
}
