import { formatTableName, type DocumentValue } from '@millrace/spec';

import type { AnalysedTable } from './analyse-tables.ts';
import { tableReference } from './choose-names.ts';
import type { DocumentText } from './document-text.ts';

/**
 * `written`: the steps of the tables so far, by table; checks may refer to these and to no later ones.
 * `isWithheld`: columns that name people stay at the source.
 */
export function writeSource(
  text: DocumentText,
  step: string,
  analysed: AnalysedTable,
  connection: string,
  written: ReadonlyMap<string, string>,
  isWithheld = false,
): void {
  const { table } = analysed.evidence.table;
  text
    .entry('  ', step)
    .entry('    ', 'source')
    .entry('      ', 'connection', connection)
    .entry('      ', 'table', tableReference(table));
  for (const reason of analysed.load.reasons) text.comment('      ', reason);
  text.entry('      ', 'load', loadValue(analysed));
  const withheld = isWithheld ? withheldColumns(analysed) : [];
  if (withheld.length > 0)
    text
      .comment('      ', 'personal data stays at the source; for what could be kept of it, see above')
      .entry('      ', 'columns', { exclude: withheld });
  if (analysed.checks === null) return;
  const relationships = analysed.references.flatMap((reference) => {
    const to = written.get(formatTableName(reference.to));
    if (to === undefined || reference.toColumns.length !== reference.columns.length) return [];
    const settings = {
      columns: reference.columns,
      to: { step: to, columns: reference.toColumns },
      onFailure: 'warn',
    };
    return [
      {
        name: 'relationship' as const,
        columns: reference.columns,
        settings,
        reason: reference.evidence,
      },
    ];
  });
  const checks = [...analysed.checks, ...relationships].filter(
    ({ columns }) => !columns.some((column) => withheld.includes(column)),
  );
  if (checks.length === 0) return;
  text.entry('    ', 'checks');
  for (const { name, settings, reason } of checks)
    text.comment('      ', reason).item('      ', name, settings);
}

function loadValue({ load }: AnalysedTable): DocumentValue {
  if (load.mode === 'full') return { mode: 'full' };
  return {
    mode: 'incremental',
    cursor: load.cursor,
    ...(load.lookback === null ? {} : { lookback: load.lookback }),
    ...(load.detectsDeletes ? { deletes: 'detect' } : {}),
  };
}

/** Columns that name people or tell what is nobody's business. A star in a name would leave out others too. */
export function withheldColumns({ evidence, key, references, meanings }: AnalysedTable): readonly string[] {
  const needed = new Set([...(key?.columns ?? []), ...references.flatMap(({ columns }) => columns)]);
  return evidence.table.fields
    .map(({ name }) => name)
    .filter((name) => {
      const personal = meanings.get(name)?.personal ?? 'none';
      return personal !== 'none' && personal !== 'quasi' && !needed.has(name) && !name.includes('*');
    });
}
