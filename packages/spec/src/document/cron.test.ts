import { describe, expect, it } from 'vitest';

import { isCron, isTimezone } from './cron.ts';

describe('isCron', () => {
  it.each([
    '* * * * *',
    '*/15 * * * *',
    '0 6,18 * * mon-fri',
    '5-55/10 0-23 1,15,31 jan-DEC 0-7',
    '59 23 31 12 7',
  ])('takes %s', (text) => expect(isCron(text)).toBe(true));

  it.each([
    '',
    '* * * *',
    '0 * * * * *',
    '@daily',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    '5/10 * * * *',
    '9-5 * * * *',
    'a * * * *',
    '1- * * * *',
    '1, * * * *',
    '*  * * * *',
    '-1 * * * *',
    '1.5 * * * *',
  ])('refuses "%s"', (text) => expect(isCron(text)).toBe(false));
});

describe('isTimezone', () => {
  it('knows names of places and UTC, and no others', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'].every(isTimezone)).toBe(true);
    expect(['Europe/Atlantis', '', 'Berlin'].some(isTimezone)).toBe(false);
  });
});
