import { formatTableName, type DocumentValue } from '@millrace/spec';

import type { AnalysedTable } from './analyse-tables.ts';
import { StepNames, tableReference, TargetNames } from './choose-names.ts';
import { describeTable } from './describe-table.ts';
import type { DocumentText } from './document-text.ts';
import type { GenerateInput } from './generate-pipeline.ts';

/** One source and one destination for each table, those that others refer to first. */
export function writeRawSteps(
  text: DocumentText,
  tables: readonly AnalysedTable[],
  { from, into }: GenerateInput,
): void {
  const steps = new StepNames();
  const targets = new TargetNames(into.destination, into.schema);
  const named = Map.groupBy(tables, ({ evidence }) => evidence.table.table.name.toLowerCase());
  const written = new Map<string, string>();
  const replaces = into.destination.writeModes.includes('replace');
  for (const analysed of tables) {
    const { table } = analysed.evidence.table;
    const sameNamed = (named.get(table.name.toLowerCase())?.length ?? 0) > 1;
    const step = steps.take(sameNamed ? formatTableName(table) : table.name);
    if (written.size > 0) text.blank();
    for (const line of describeTable(analysed)) text.comment('  ', line);
    writeSource(text, step, analysed, from.connection, written);
    const target = tableReference(targets.take(table, sameNamed));
    const isMerged = analysed.load.mode === 'incremental';
    text.entry('  ', steps.take(`publish_${step}`)).entry('    ', 'destination', {
      from: step,
      connection: into.connection,
      table: target,
      ...(isMerged ? { write: 'merge' } : { write: replaces ? 'replace' : 'append' }),
      ...(analysed.key?.certainty === 'declared' && isMerged ? { key: [...analysed.key.columns] } : {}),
    });
    written.set(formatTableName(table), step);
  }
}

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
    return [{ name: 'relationship' as const, settings, reason: reference.evidence }];
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
