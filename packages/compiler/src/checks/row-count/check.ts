import { defineCheckCompiler } from '../check-compiler.ts';

export const rowCount = defineCheckCompiler({
  name: 'rowCount',
  async compile({ min, max }, context) {
    if (min !== undefined && max !== undefined && min > max) {
      context.report('checkNeverPasses', { check: 'rowCount', reason: `${min} is more than ${max}` }, [
        'min',
      ]);
      return undefined;
    }
    const words = [
      ...(min === undefined ? [] : [`at least ${min.toLocaleString('en')}`]),
      ...(max === undefined ? [] : [`at most ${max.toLocaleString('en')}`]),
    ];
    return (measures) => ({
      columns: [],
      expected: `${words.join(' and ')} rows`,
      reads: 'state',
      rule: { kind: 'rowCount', rows: measures.rows('state'), min: min ?? null, max: max ?? null },
    });
  },
});
