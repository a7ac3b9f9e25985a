// npm test [-- FILTER… VITEST-OPTIONS…]: runs the tests whose path contains a filter, or all of them.
import { parseCLI, startVitest } from 'vitest/node';
import { QuietReporter, verdict } from './vitest/quiet-reporter.ts';

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const reporter = new QuietReporter();
const oneStream = { stdout: process.stdout, stderr: process.stdout };
const vitest = await startVitest(filter, { ...options, watch: false, reporters: [reporter] }, {}, oneStream);
await vitest.close();

const { tally } = reporter;
const isEmpty = tally.passed + tally.failed + tally.skipped === 0;
if (isEmpty) console.log(`No test file matches ${filter.join(' ') || 'the patterns in vitest.config.ts'}.`);
console.log(verdict(tally));
process.exit(tally.failed > 0 || isEmpty ? 1 : (process.exitCode ?? 0));
