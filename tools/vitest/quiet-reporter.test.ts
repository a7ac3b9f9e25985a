import { expect, it } from 'vitest';
import { verdict } from './quiet-reporter.ts';

it('ends a run with a line that names skipped tests only when there are some', () => {
  expect(verdict({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(verdict({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped');
});
