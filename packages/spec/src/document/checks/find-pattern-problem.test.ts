import { describe, expect, it } from 'vitest';

import { findPatternProblem } from './find-pattern-problem.ts';

describe('findPatternProblem', () => {
  it.each([
    '',
    'a|b|',
    '^[A-Z]{2}-\\d{6}$',
    '(?i)(?P<year>\\d{4})-(?:0[1-9]|1[0-2])',
    '(?-s:.)(?i:x)',
    '[]a][^]a][a-][-a][\\]\\-]',
    '[[:alpha:]_][[:^digit:]]*?',
    '\\Qa(b\\E\\x41\\x{1F600}\\101\\.\\/',
    'x{,2}{',
    'a{0,1000}(b{10}){100}',
    '\\p{Greek}\\pL\\P{^Lu}',
    '😀+[😀-😂]',
    '^*',
    ']}',
  ])('accepts %s', (pattern) => {
    expect(findPatternProblem(pattern)).toBeUndefined();
  });

  it.each([
    ['a(?=b)', 1, 'RE2 has no look-ahead (?=…)'],
    ['(?<!a)b', 0, 'RE2 has no look-behind (?<!…)'],
    ['(a)\\1', 3, 'RE2 has no back-reference (\\1)'],
    ['(?P<x>a)\\k<x>', 8, 'RE2 has no back-reference (\\k)'],
    ['(?P<x>a)(?P<x>b)', 8, "two groups have the name 'x'"],
    ['a*+', 2, 'RE2 has no possessive or doubled repetition'],
    ['(?>a)', 0, 'RE2 has no atomic group (?>…)'],
    ['*a', 0, 'there is nothing to repeat'],
    ['a|+', 2, 'there is nothing to repeat'],
    ['(a', 0, 'the group is not closed'],
    ['a)', 1, 'there is no group to close'],
    ['[a', 0, 'the class is not closed'],
    ['[z-a]', 1, 'z-a is no range of characters'],
    ['[[:word:]-z][[:letter:]]', 13, '[:letter:] is no class'],
    ['a{1001}', 1, 'RE2 repeats at most 1000 times'],
    ['(a{100}){100}', 8, 'RE2 repeats at most 1000 times, all counts multiplied'],
    ['a{3,2}', 1, '{3,2} ends below where it begins'],
    ['\\Z', 0, 'RE2 has no escape \\Z'],
    ['a\\', 1, 'nothing follows the backslash'],
    ['\\x{110000}', 0, 'x{110000} is beyond Unicode'],
  ])('refuses %s', (pattern, offset, reason) => {
    expect(findPatternProblem(pattern)).toEqual({ offset, reason });
  });

  it('reads long patterns in one pass', () => {
    expect(findPatternProblem('(a|b)'.repeat(20_000))).toBeUndefined();
    expect(findPatternProblem('('.repeat(50_000))?.offset).toBe(49_999);
  });
});
