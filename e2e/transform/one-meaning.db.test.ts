import { seededRandom } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { randomPipeline } from './random-pipeline.ts';
import { WarehouseShop } from './warehouse-shop.ts';

/** `FAULT_SEEDS=200` is the long form; `npm run soak` sets it. */
const SEEDS = Number(process.env['FAULT_SEEDS'] ?? 5);
const FIRST = Number(process.env['FAULT_SEED'] ?? 1);
const CHANGES = 3;

describe('one meaning', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
    'a pipeline run by what changed gives what it gives over everything, seed %i',
    async (seed) => {
      const random = seededRandom(seed);
      const { text, tables } = randomPipeline(random);
      await using shop = new WarehouseShop(random, 120);
      for (let round = 0; round <= CHANGES; round++) {
        if (round > 0) shop.change();
        await shop.run(text, 'changed');
        await shop.run(text, `full${round}`);
        expect(await shop.rows('changed', tables), `seed ${seed}, round ${round}\n${text}`).toEqual(
          await shop.rows(`full${round}`, tables),
        );
      }
    },
    120_000,
  );
});
