import { formatTableName } from '@millrace/spec';

import type { AnalysedTable } from './analyse-tables.ts';
import { personalColumns } from './plan-masks.ts';

/** What a reader should know of a table before its steps, one remark each. */
export function describeTable(analysed: AnalysedTable): readonly string[] {
  const { evidence, rows, key, references } = analysed;
  const { table, sample } = evidence;
  const size =
    rows === null
      ? 'rows not known'
      : `${sample?.isComplete === true ? '' : 'about '}${rows.toLocaleString('en-US')} rows`;
  const lines = [
    `${formatTableName(table.table)}: ${table.kind === 'view' ? 'a view, ' : ''}${size}, ${table.fields.length} columns.`,
  ];
  if (sample === null)
    lines.push('Its rows could not be read, so that nothing is known but what the source declares.');
  lines.push(
    key === null
      ? 'Key: none is declared and no column stands out.'
      : `Key ${key.columns.join(', ')}: ${key.evidence}.`,
  );
  for (const { columns, to, toColumns, evidence: why } of references)
    lines.push(`${columns.join(', ')} refers to ${formatTableName(to)} (${toColumns.join(', ')}): ${why}.`);
  for (const { column, meaning, proposal, keptBecause } of personalColumns(analysed)) {
    const { settings, reason } = proposal;
    const advice =
      keptBecause === null
        ? `Proposed: ${settings.method}, because ${reason}.`
        : `Left as it is, because ${keptBecause}.`;
    lines.push(`Personal data in ${column}: ${meaning.words} (${meaning.evidence}). ${advice}`);
  }
  for (const note of table.notes) lines.push(`Note: ${note}`);
  return lines;
}
