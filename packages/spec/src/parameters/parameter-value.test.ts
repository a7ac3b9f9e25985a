import { describe, expect, it } from 'vitest';

import type { ParameterType } from '../document/parameters.ts';
import { parseParameterValue } from './parameter-value.ts';

const accepted: readonly (readonly [ParameterType, unknown, string])[] = [
  ['string', "it's", "it's"],
  ['string', '', ''],
  ['integer', 30, '30'],
  ['integer', ' -007 ', '-7'],
  ['integer', '+0', '0'],
  ['integer', '999999999999999999', '999999999999999999'],
  ['number', '0012.50', '12.50'],
  ['number', -0.5, '-0.5'],
  ['number', '-0.0', '0.0'],
  ['boolean', true, 'true'],
  ['boolean', 'false', 'false'],
  ['date', '2024-02-29', '2024-02-29'],
  ['timestamp', '2026-01-31', '2026-01-31 00:00:00'],
  ['timestamp', '2026-01-31T10:00', '2026-01-31 10:00:00'],
  ['timestamp', '2026-01-31 10:00:00.25', '2026-01-31 10:00:00.25'],
  ['timestamptz', '2026-01-31T10:00:00Z', '2026-01-31 10:00:00+00:00'],
  ['timestamptz', '2026-01-31 10:00+0230', '2026-01-31 10:00:00+02:30'],
  ['timestamptz', '2026-01-31 10:00-05', '2026-01-31 10:00:00-05:00'],
];

const refused: readonly (readonly [ParameterType, unknown])[] = [
  ['string', 5],
  ['string', 'a\0b'],
  ['integer', '1.0'],
  ['integer', '1e3'],
  ['integer', '1'.repeat(19)],
  ['integer', true],
  ['integer', ''],
  ['number', '1e3'],
  ['number', '1) OR (1=1'],
  ['number', '1'.repeat(39)],
  ['boolean', 'yes'],
  ['boolean', 1],
  ['date', '2026-02-29'],
  ['date', '2026-13-01'],
  ['date', '0000-01-01'],
  ['date', "2026-01-01' OR '"],
  ['timestamp', '2026-01-31 24:00:00'],
  ['timestamp', '2026-01-31T10:00:00Z'],
  ['timestamptz', '2026-01-31 10:00:00'],
  ['timestamptz', '2026-01-31Z'],
];

describe('parseParameterValue', () => {
  it.each(accepted)('reads a %s from %j as %s', (type, value, text) => {
    expect(parseParameterValue(type, value)).toEqual({ text });
    expect(parseParameterValue(type, text)).toEqual({ text });
  });

  it.each(refused)('reads no %s from %j', (type, value) => {
    expect(parseParameterValue(type, value)).toEqual({ problem: expect.stringMatching(/^it /) });
  });
});
