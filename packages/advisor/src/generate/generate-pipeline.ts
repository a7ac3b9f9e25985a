import { proposeSchedule } from '../schedule/propose-schedule.ts';
import { analyseTables, type AnalysedTable } from './analyse-tables.ts';
import { DocumentText } from './document-text.ts';
import type { GenerateInput } from './generate-input.ts';
import { writeRawSteps } from './write-raw-steps.ts';
import { writeStarSteps } from './write-star-steps.ts';

export interface GeneratedPipeline {
  /** A whole document with its reasons as comments. */
  readonly text: string;
  readonly tables: readonly AnalysedTable[];
}

/** Writes a pipeline from what sources declare and samples show, and says at each choice what speaks for it. */
export function generatePipeline(input: GenerateInput): GeneratedPipeline {
  const { name, from, into, at } = input;
  const tables = analyseTables(
    input.tables,
    { source: from.source, writeModes: into.destination.writeModes },
    at,
  );
  const fullRows = tables.reduce((sum, { load, rows }) => sum + (load.mode === 'full' ? (rows ?? 0) : 0), 0);
  const schedule = proposeSchedule(input.tables, fullRows);
  const text = new DocumentText()
    .comment(
      '',
      `Generated from metadata and samples of ${from.connection} at ${at.slice(0, 16).replace('T', ' ')} UTC. Read it, change it, keep it:`,
    )
    .comment('', 'nothing generates it again. Each comment says what speaks for the line below it.')
    .entry('', 'version', 1)
    .entry('', 'name', name)
    .entry(
      '',
      'description',
      `${tables.length} ${tables.length === 1 ? 'table' : 'tables'} of ${from.connection}, kept up to date in ${into.connection}.`,
    )
    .comment('', schedule.reason)
    .entry('', 'schedule', { cron: schedule.cron, timezone: 'UTC' })
    .blank()
    .entry('', 'steps');
  if (input.goal === 'raw') {
    writeRawSteps(text, tables, input);
  } else if (!writeStarSteps(text, tables, input)) {
    text.comment(
      '  ',
      'No table looks like facts: none refers to a smaller one and has numbers to add up. So each table as it is.',
    );
    writeRawSteps(text, tables, input);
  }
  return { text: text.toString(), tables };
}
