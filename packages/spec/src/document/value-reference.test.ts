import { describe, expect, it } from 'vitest';

import { parseValueReferences } from './value-reference.ts';

describe('parseValueReferences', () => {
  it('finds references with their places', () => {
    expect(parseValueReferences('a ${env:HOST}:${secret:db.password} b')).toEqual({
      references: [
        { scheme: 'env', name: 'HOST', start: 2, end: 13 },
        { scheme: 'secret', name: 'db.password', start: 14, end: 35 },
      ],
      problems: [],
    });
  });

  it('takes a doubled dollar for a plain one', () => {
    expect(parseValueReferences('$${env:HOST} costs $5 {x}')).toEqual({ references: [], problems: [] });
  });

  it('names what is no reference', () => {
    for (const text of [
      '${HOST}',
      '${vault:a}',
      '${env:}',
      '${env:a b}',
      '${env:A',
      '${}',
      '${env:${env:A}}',
    ]) {
      expect(parseValueReferences(text).problems).toHaveLength(1);
    }
  });
});
