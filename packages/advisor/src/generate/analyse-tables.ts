import { formatTableName } from '@millrace/spec';

import { proposeChecks, type CheckProposal } from '../checks/propose-checks.ts';
import { columnsOf, rowsOf, type TableEvidence } from '../evidence/table-evidence.ts';
import { findKey, type KeyFinding } from '../keys/find-key.ts';
import { findReferences, type Reference } from '../keys/find-references.ts';
import { orderTables } from '../keys/order-tables.ts';
import { chooseLoad, type LoadAbilities, type LoadChoice } from '../load/choose-load.ts';
import { findMeaning, type MeaningFinding } from '../meaning/find-meaning.ts';

/** What was found out about a table, each finding with its evidence. */
export interface AnalysedTable {
  readonly evidence: TableEvidence;
  /** Null when it is not known. */
  readonly rows: number | null;
  readonly key: KeyFinding | null;
  readonly load: LoadChoice;
  readonly references: readonly Reference[];
  /** By column; only columns whose meaning is likely. */
  readonly meanings: ReadonlyMap<string, MeaningFinding>;
  readonly checks: readonly CheckProposal[];
}

/** Everything that can be told of tables of one connection, those that others refer to first. */
export function analyseTables(
  tables: readonly TableEvidence[],
  abilities: LoadAbilities,
  at: string,
): readonly AnalysedTable[] {
  const references = findReferences(tables);
  const byTable = Map.groupBy(references, ({ from }) => formatTableName(from));
  return orderTables(tables, references).map((evidence): AnalysedTable => {
    const { table } = evidence;
    const own = byTable.get(formatTableName(table.table)) ?? [];
    const key = findKey(evidence);
    const referring = new Set(own.flatMap(({ columns }) => columns));
    const meanings = new Map<string, MeaningFinding>();
    for (const column of columnsOf(evidence)) {
      if (referring.has(column.field.name)) continue;
      const meaning = findMeaning(table.table.name, column);
      if (meaning !== null) meanings.set(column.field.name, meaning);
    }
    return {
      evidence,
      rows: rowsOf(evidence),
      key,
      load: chooseLoad(evidence, key, abilities, at),
      references: own,
      meanings,
      checks: proposeChecks(evidence, key, meanings, referring),
    };
  });
}
