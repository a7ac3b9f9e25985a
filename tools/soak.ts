// npm run soak [-- SEEDS [FIRST-SEED [NAME]]]: the fault tests in their long form, or those whose name contains NAME.
// A failure prints its seed; `npm run soak -- 1 SEED` replays it.
import { startVitest } from 'vitest/node';

import { QuietReporter, verdict } from './vitest/quiet-reporter.ts';

const [seeds = '200', firstSeed = '', name = ''] = process.argv.slice(2);
if (!/^\d+$/.test(seeds) || !/^\d*$/.test(firstSeed)) {
  console.error(
    'Use: npm run soak -- SEEDS FIRST-SEED NAME, the first two whole numbers, e.g. npm run soak -- 50 279293882 F3.',
  );
  process.exit(2);
}
process.env['FAULT_SEEDS'] = seeds;
if (firstSeed !== '') process.env['FAULT_SEED'] = firstSeed;

const reporter = new QuietReporter();
const vitest = await startVitest(['e2e/faults', 'e2e/transform'], {
  watch: false,
  maxWorkers: 1,
  reporters: [reporter],
  ...(name !== '' && { testNamePattern: RegExp.escape(name) }),
});
await vitest.close();
console.log(verdict(reporter.tally));
process.exit(reporter.tally.failed > 0 ? 1 : 0);
