import { describe, expect, it } from 'vitest';

import { columnsOf } from '../evidence/table-evidence.ts';
import { INTEGER, makeEvidence, TEXT } from '../testing/make-evidence.ts';
import { findMeaning } from './find-meaning.ts';
import { proposeMask } from './propose-mask.ts';

function meaningOf(table: string, name: string, values?: readonly string[]) {
  const evidence = makeEvidence({
    name: table,
    columns: [{ name, type: TEXT, ...(values ? { values } : {}) }],
  });
  const [column] = columnsOf(evidence);
  if (column === undefined) throw new Error('the table has a column');
  return findMeaning(table, column);
}

const many = (make: (index: number) => string): string[] =>
  Array.from({ length: 50 }, (_, index) => make(index));

describe('findMeaning', () => {
  it.each([
    ['customers', 'email', undefined, 'email'],
    ['t', 'x', many((index) => `someone${index}@example.org`), 'email'],
    ['t', 'telefono', many((index) => `+49 30 ${1_000_000 + index * 37}`), 'phone'],
    ['customers', 'name', many((index) => `Anna ${'ÄBCDE'[index % 5]}lund`), 'personName'],
    ['users', 'firstName', undefined, 'firstName'],
    [
      't',
      'ref',
      [
        'DE89370400440532013000',
        'GB82WEST12345698765432',
        'FR1420041010050500013M02606',
        'NL91ABNA0417164300',
        'BE68539007547034',
      ],
      'iban',
    ],
    ['t', 'c', many((index) => `10.${index}.3.${index * 3}`), 'ipAddress'],
    ['accounts', 'password_hash', undefined, 'password'],
    ['t', 'blob', many((index) => `sk${index}Xq9ZpL4vRt7WmN2bKc8HjD5fGs${index}aYeU`), 'secret'],
  ])('%s.%s is %s', (table, name, values, expected) => {
    expect(meaningOf(table, name, values)?.name).toBe(expected);
  });

  it('does not take products for people, nor a misleading name at its word', () => {
    expect(
      meaningOf(
        'products',
        'name',
        many((index) => `Blue lamp ${index}`),
      ),
    ).toBeNull();
    expect(
      meaningOf(
        'messages',
        'email',
        many((index) => `template-${index}`),
      ),
    ).toBeNull();
    expect(
      meaningOf(
        't',
        'note',
        many((index) => `Ring twice, please (${index})`),
      ),
    ).toBeNull();
    expect(
      meaningOf(
        't',
        'id',
        many((index) => `3f2504e0-4f89-11d3-9a0c-0305e82c33${10 + index}`),
      ),
    ).toBeNull();
  });

  it('proposes something for everything that concerns people', () => {
    expect(proposeMask({ name: 'password', personal: 'secret' }, TEXT)?.settings.method).toBe('drop');
    expect(proposeMask({ name: 'email', personal: 'direct' }, TEXT)?.settings.method).toBe('hash');
    expect(proposeMask({ name: 'health', personal: 'sensitive' }, TEXT)?.settings.method).toBe('redact');
    expect(proposeMask({ name: 'amount', personal: 'none' }, INTEGER)).toBeNull();
  });

  it('reads numbers by name only', () => {
    const evidence = makeEvidence({
      name: 't',
      columns: [{ name: 'quantity', type: INTEGER, values: [1, 2] }],
    });
    const [column] = columnsOf(evidence);
    expect(column && findMeaning('t', column)?.name).toBe('quantity');
  });
});
