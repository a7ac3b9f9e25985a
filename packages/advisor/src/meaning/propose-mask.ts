import type { MeaningFinding } from './find-meaning.ts';

/** What to do with a column that concerns people, before anyone has decided. */
export interface MaskProposal {
  /** `drop`: do not copy. `hash`: the same value, the same token, not to be undone. `partial`: keep a few characters. */
  readonly method: 'drop' | 'hash' | 'partial' | 'generalise' | 'redact';
  readonly reason: string;
}

/** Null for columns that concern nobody. */
export function proposeMask({
  name,
  personal,
}: Pick<MeaningFinding, 'name' | 'personal'>): MaskProposal | null {
  if (personal === 'secret') return { method: 'drop', reason: 'a copy of a secret helps nobody' };
  switch (name) {
    case 'email':
    case 'userName':
    case 'nationalId':
      return { method: 'hash', reason: 'rows of one person can still be joined and counted' };
    case 'phone':
    case 'iban':
    case 'cardNumber':
      return { method: 'partial', reason: 'the last characters are enough to recognise one' };
    case 'birthDate':
    case 'ipAddress':
    case 'postalCode':
    case 'latitude':
    case 'longitude':
      return { method: 'generalise', reason: 'the year or the area is enough to count by' };
    default:
      return personal === 'none' ? null : { method: 'redact', reason: 'nothing can be counted by it' };
  }
}
