import { defineCheckCompiler } from '../check-compiler.ts';
import { asPercent } from '../words.ts';

export const DEFAULT_OVER = 14;

export const volume = defineCheckCompiler({
  name: 'volume',
  async compile({ maxDecrease, maxIncrease, over = DEFAULT_OVER }) {
    const words = [
      ...(maxDecrease === undefined ? [] : [`at most ${asPercent(maxDecrease)} fewer`]),
      ...(maxIncrease === undefined ? [] : [`at most ${asPercent(maxIncrease)} more`]),
    ];
    return (measures) => ({
      columns: [],
      expected: `${words.join(' and ')} rows than usual`,
      reads: 'state',
      rule: {
        kind: 'volume',
        rows: measures.rows('state'),
        maxDecrease: maxDecrease ?? null,
        maxIncrease: maxIncrease ?? null,
        over,
      },
    });
  },
});
