import { formatTableName } from '@millrace/spec';

import { proposeMask } from '../meaning/propose-mask.ts';
import type { AnalysedTable } from './analyse-tables.ts';

/** What a reader should know of a table before its steps, one remark each. */
export function describeTable({
  evidence,
  rows,
  key,
  references,
  meanings,
}: AnalysedTable): readonly string[] {
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
  for (const [column, meaning] of meanings) {
    const mask = proposeMask(meaning);
    if (mask === null) continue;
    lines.push(
      `Personal data in ${column}: ${meaning.words} (${meaning.evidence}). Proposed: ${mask.method}, because ${mask.reason}.`,
    );
  }
  const dropped = [...meanings]
    .filter(([, meaning]) => meaning.personal !== 'none')
    .map(([column]) => column);
  if (dropped.length > 0)
    lines.push(`To leave personal data out, below source: columns: { exclude: [${dropped.join(', ')}] }`);
  for (const note of table.notes) lines.push(`Note: ${note}`);
  return lines;
}
