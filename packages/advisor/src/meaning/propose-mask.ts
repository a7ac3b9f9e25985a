import type { DocumentValue, LogicalType } from '@millrace/spec';

import type { MeaningFinding } from './find-meaning.ts';

/** What to do with a column that concerns people, before anyone has decided. */
export interface MaskProposal {
  /** As a `mask` step writes it. */
  readonly settings: { readonly method: MaskMethod; readonly [setting: string]: DocumentValue };
  readonly reason: string;
}

type MaskMethod = 'drop' | 'hash' | 'partial' | 'generalize' | 'redact';

/** Null for columns that concern nobody. */
export function proposeMask(
  { name, personal }: Pick<MeaningFinding, 'name' | 'personal'>,
  { kind }: LogicalType,
): MaskProposal | null {
  if (personal === 'secret')
    return { settings: { method: 'drop' }, reason: 'a copy of a secret helps nobody' };
  const isText = kind === 'string';
  switch (name) {
    case 'email':
    case 'userName':
    case 'nationalId':
    case 'ipAddress':
      return hash;
    case 'phone':
    case 'iban':
    case 'cardNumber':
      if (!isText) return hash;
      return {
        settings: { method: 'partial', last: 4 },
        reason: 'the last characters are enough to recognise one',
      };
    case 'birthDate':
      return generalized(isText ? { prefix: 4 } : { unit: 'year' }, 'the year');
    case 'postalCode':
      return generalized(isText ? { prefix: 2 } : { size: 1000 }, 'the region');
    case 'latitude':
    case 'longitude':
      return generalized({ size: 1 }, 'the degree');
    default:
      return personal === 'none'
        ? null
        : { settings: { method: 'redact' }, reason: 'nothing can be counted by it' };
  }
}

const hash: MaskProposal = {
  settings: { method: 'hash' },
  reason: 'rows of one person can still be joined and counted',
};

function generalized(to: Readonly<Record<string, DocumentValue>>, what: string): MaskProposal {
  return { settings: { method: 'generalize', ...to }, reason: `${what} is enough to count by` };
}
