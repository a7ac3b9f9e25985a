import { formatTableName } from '@millrace/spec';

import type { AnalysedTable } from './analyse-tables.ts';
import { StepNames, tableReference, TargetNames } from './choose-names.ts';
import { describeTable } from './describe-table.ts';
import type { DocumentText } from './document-text.ts';
import type { GenerateInput } from './generate-input.ts';
import { maskSettings, personalColumns } from './plan-masks.ts';
import { writeSource } from './write-source.ts';

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
    const published = steps.take(`publish_${step}`);
    const mask = maskSettings(step, personalColumns(analysed));
    if (mask !== null) {
      const masked = steps.take(`${step}_masked`);
      text
        .comment('  ', `To mask personal data, take this step in and let ${published} read from ${masked}:`)
        .proposedStep('  ', masked, 'mask', mask);
    }
    const target = tableReference(targets.take(table, sameNamed));
    const isMerged = analysed.load.mode === 'incremental';
    text.entry('  ', published).entry('    ', 'destination', {
      from: step,
      connection: into.connection,
      table: target,
      write: isMerged ? 'merge' : replaces ? 'replace' : 'append',
      ...(isMerged && analysed.load.detectsDeletes ? { deletes: 'soft' } : {}),
      ...(analysed.key?.certainty === 'declared' && isMerged ? { key: [...analysed.key.columns] } : {}),
    });
    written.set(formatTableName(table), step);
  }
}
