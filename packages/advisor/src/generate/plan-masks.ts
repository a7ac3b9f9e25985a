import { proposeMask, type MaskProposal } from '../meaning/propose-mask.ts';
import type { MeaningFinding } from '../meaning/find-meaning.ts';
import type { AnalysedTable } from './analyse-tables.ts';

/** A column about people. */
export interface PersonalColumn {
  readonly column: string;
  readonly meaning: MeaningFinding;
  readonly proposal: MaskProposal;
  /** Why it is left as it is, all the same; null when it is masked. */
  readonly keptBecause: string | null;
}

/** The columns of a table that concern people, and what to do with each. */
export function personalColumns({
  evidence,
  key,
  references,
  meanings,
}: AnalysedTable): readonly PersonalColumn[] {
  const referring = new Set(references.flatMap(({ columns }) => columns));
  return evidence.table.fields.flatMap(({ name, type }): PersonalColumn[] => {
    const meaning = meanings.get(name);
    const proposal = meaning && proposeMask(meaning, type);
    if (!meaning || !proposal) return [];
    const keptBecause =
      key?.columns.includes(name) === true
        ? 'it identifies rows'
        : referring.has(name)
          ? 'it refers to another table'
          : meaning.personal === 'quasi' && proposal.settings.method !== 'generalize'
            ? 'it names nobody alone'
            : null;
    return [{ column: name, meaning, proposal, keptBecause }];
  });
}

/** The secret that proposed masks take their key from. */
export const MASK_SECRET = 'MASK_KEY';

/** The settings of a `mask` step over the rows of `from`; null where nothing is to be masked. */
export function maskSettings(from: string, personal: readonly PersonalColumn[]) {
  const masked = personal.filter(({ keptBecause }) => keptBecause === null);
  if (masked.length === 0) return null;
  const columns = Object.fromEntries(masked.map(({ column, proposal }) => [column, proposal.settings]));
  const needsKey = masked.some(({ proposal }) => proposal.settings.method === 'hash');
  return { from, ...(needsKey ? { key: `\${secret:${MASK_SECRET}}` } : {}), columns };
}
