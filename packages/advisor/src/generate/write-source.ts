import { formatTableName, type DocumentValue } from '@millrace/spec';

import type { AnalysedTable } from './analyse-tables.ts';
import { tableReference } from './choose-names.ts';
import type { DocumentText } from './document-text.ts';

/** `written`: the steps of the tables so far, by table; checks may refer to these and to no later ones. */
export function writeSource(
  text: DocumentText,
  step: string,
  analysed: AnalysedTable,
  connection: string,
  written: ReadonlyMap<string, string>,
): void {
  const { table } = analysed.evidence.table;
  text
    .entry('  ', step)
    .entry('    ', 'source')
    .entry('      ', 'connection', connection)
    .entry('      ', 'table', tableReference(table));
  for (const reason of analysed.load.reasons) text.comment('      ', reason);
  text.entry('      ', 'load', loadValue(analysed));
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
  const checks = [...analysed.checks, ...relationships];
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
