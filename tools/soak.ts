// npm run soak [-- SEEDS [FIRST-SEED]]: the fault tests in their long form. A failure prints its seed; `npm run soak -- 1 SEED` replays it.
import { startVitest } from 'vitest/node';

import { QuietReporter, verdict } from './vitest/quiet-reporter.ts';

const [seeds = '200', firstSeed] = process.argv.slice(2);
if (!/^\d+$/.test(seeds) || (firstSeed !== undefined && !/^\d+$/.test(firstSeed))) {
  console.error(
    'Use: npm run soak -- SEEDS FIRST-SEED, both whole numbers, e.g. npm run soak -- 50 279293882.',
  );
  process.exit(2);
}
process.env['FAULT_SEEDS'] = seeds;
if (firstSeed !== undefined) process.env['FAULT_SEED'] = firstSeed;

const reporter = new QuietReporter();
const vitest = await startVitest(['e2e/faults'], { watch: false, maxWorkers: 1, reporters: [reporter] });
await vitest.close();
console.log(verdict(reporter.tally));
process.exit(reporter.tally.failed > 0 ? 1 : 0);
