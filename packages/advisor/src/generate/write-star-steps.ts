import { formatTableName, type DocumentValue } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import type { AnalysedTable } from './analyse-tables.ts';
import { StepNames, tableReference, TargetNames } from './choose-names.ts';
import { describeTable } from './describe-table.ts';
import {
  designStar,
  fieldOf,
  nameOf,
  timeOf,
  type Dimension,
  type Fact,
  type StarLink,
} from './design-star.ts';
import type { DocumentText } from './document-text.ts';
import type { GenerateInput } from './generate-input.ts';
import { maskSettings, personalColumns } from './plan-masks.ts';
import { writeSource } from './write-source.ts';

/**
 * Sources, then dimensions with what they refer to, then facts with what they are a part of, then the days. False when no
 * table looks like facts; then nothing was written.
 */
export function writeStarSteps(
  text: DocumentText,
  tables: readonly AnalysedTable[],
  input: GenerateInput,
): boolean {
  const star = designStar(tables);
  if (star.facts.length === 0) return false;
  const writer = new StarWriter(text, input);
  const others = new Set(star.others);
  for (const table of tables) if (!others.has(table)) writer.source(table);
  for (const dimension of star.dimensions) writer.dimension(dimension);
  const days = star.facts.flatMap((fact) => writer.fact(fact));
  if (days.length > 0) writer.days(days);
  if (star.others.length > 0)
    text
      .blank()
      .comment(
        '  ',
        `Left out, because they are neither facts nor what facts refer to: ${star.others.map(nameOf).join(', ')}.`,
      );
  return true;
}

/** A step and its column of days. */
interface FactDay {
  readonly step: string;
  readonly column: string;
}

/** The step that was made, and when each header happened, by the name its column got. */
interface Joined {
  readonly step: string;
  readonly times: ReadonlyMap<StarLink, string>;
}

class StarWriter {
  readonly #text: DocumentText;
  readonly #input: GenerateInput;
  readonly #steps = new StepNames();
  readonly #targets: TargetNames;
  /** Source steps by table. */
  readonly #sources = new Map<string, string>();
  /** The steps whose rows go on, by table: those of the source, masked where they concern people. */
  readonly #rows = new Map<string, string>();

  constructor(text: DocumentText, input: GenerateInput) {
    this.#text = text;
    this.#input = input;
    this.#targets = new TargetNames(input.into.destination, input.into.schema);
  }

  source(table: AnalysedTable): void {
    if (this.#sources.size > 0) this.#text.blank();
    for (const line of describeTable(table)) this.#text.comment('  ', line);
    const step = this.#steps.take(table.evidence.table.table.name);
    writeSource(this.#text, step, table, this.#input.from.connection, this.#sources);
    this.#sources.set(nameOf(table), step);
    const mask = maskSettings(step, personalColumns(table));
    const masked = mask === null ? step : this.#steps.take(`${step}_masked`);
    if (mask !== null)
      this.#text
        .comment('  ', 'What concerns people goes on masked only; checks see it as it is.')
        .entry('  ', masked)
        .entry('    ', 'mask', mask);
    this.#rows.set(nameOf(table), masked);
  }

  dimension({ table, parents }: Dimension): void {
    this.#text.blank().comment('  ', `Dimension: facts refer to ${nameOf(table)}.`);
    const columns = new Set(keptColumns(table).map((name) => name.toLowerCase()));
    const { step } = this.#join(this.#stepOf(table), parents, columns, keptColumns);
    this.#publish(step, `dim_${table.evidence.table.table.name}`);
  }

  fact({ table, measures, time, headers, dimensions }: Fact): readonly FactDay[] {
    this.#text
      .blank()
      .comment(
        '  ',
        `Fact: ${nameOf(table)} has ${measures.join(', ')} to add up, and refers to ${[...headers, ...dimensions].map((link) => nameOf(link.table)).join(', ')}.`,
      );
    const columns = new Set(keptColumns(table).map((name) => name.toLowerCase()));
    const joined = this.#join(this.#stepOf(table), headers, columns, headerColumns);
    const when = time ?? headers.flatMap((link) => joined.times.get(link) ?? [])[0];
    if (when === undefined) {
      this.#publish(joined.step, `fact_${table.evidence.table.table.name}`);
      return [];
    }
    const day = dayName(when, columns);
    const step = this.#steps.take(`fact_${table.evidence.table.table.name}`);
    this.#text
      .comment('  ', `${when} says when it happened; the day is what it is counted by.`)
      .entry('  ', step)
      .entry('    ', 'derive', {
        from: joined.step,
        columns: { [day]: `CAST(${quoteIdentifier(duckdbDialect, when)} AS DATE)` },
      });
    this.#publish(step, `fact_${table.evidence.table.table.name}`);
    return [{ step, column: day }];
  }

  /** One row for each day on which something happened. */
  days(days: readonly FactDay[]): void {
    const quote = (name: string): string => quoteIdentifier(duckdbDialect, name);
    const inputs = Object.fromEntries(days.map(({ step }, index) => [`f${index}`, step]));
    const union = days
      .map(({ column }, index) => `SELECT DISTINCT ${quote(column)} AS day FROM f${index}`)
      .join(' UNION ');
    const query = `SELECT day, year(day) AS year, quarter(day) AS quarter, month(day) AS month, isodow(day) AS weekday, isodow(day) > 5 AS is_weekend FROM (${union}) AS days WHERE day IS NOT NULL`;
    const step = this.#steps.take('dim_date');
    this.#text
      .blank()
      .comment('  ', 'Dimension: the days on which anything happened.')
      .entry('  ', step)
      .entry('    ', 'sql')
      .entry('      ', 'from', inputs)
      .entry('      ', 'query', query)
      .entry('      ', 'key', ['day']);
    this.#publish(step, 'dim_date');
  }

  #stepOf(table: AnalysedTable): string {
    return this.#rows.get(nameOf(table)) ?? '';
  }

  /** Left joins to tables whose key is matched: no row is lost and none doubled. Adds the new columns to `columns`. */
  #join(
    from: string,
    links: readonly StarLink[],
    columns: Set<string>,
    taken: (table: AnalysedTable) => readonly string[],
  ): Joined {
    const times = new Map<StarLink, string>();
    let current = from;
    for (const link of links) {
      const { reference, table } = link;
      const wanted = taken(table).filter((column) => !reference.toColumns.includes(column));
      if (wanted.length === 0) continue;
      const prefix = freePrefix(table, wanted, columns);
      for (const column of wanted) columns.add(`${prefix}${column}`.toLowerCase());
      const time = timeOf(table);
      if (time !== null && wanted.includes(time)) times.set(link, `${prefix}${time}`);
      const step = this.#steps.take(`${from}_with_${table.evidence.table.table.name}`);
      this.#text
        .comment(
          '  ',
          `${reference.columns.join(', ')} refers to ${formatTableName(reference.to)}: ${reference.evidence}.`,
        )
        .entry('  ', step)
        .entry('    ', 'join', {
          left: current,
          right: this.#stepOf(table),
          type: 'left',
          on: pairs(reference.columns, reference.toColumns),
          columnsRight: wanted,
          prefixRight: prefix,
        });
      current = step;
    }
    return { step: current, times };
  }

  #publish(from: string, table: string): void {
    const { connection, destination } = this.#input.into;
    const target = tableReference(this.#targets.take({ name: table }, false));
    const value: DocumentValue = {
      from,
      connection,
      table: target,
      write: destination.writeModes.includes('replace') ? 'replace' : 'append',
    };
    this.#text.entry('  ', this.#steps.take(`publish_${table}`)).entry('    ', 'destination', value);
  }
}

function dayName(time: string, columns: ReadonlySet<string>): string {
  const wanted = `${time.replace(/_(?:at|on|time)$/i, '')}_day`;
  let name = wanted;
  for (let number = 2; columns.has(name.toLowerCase()); number += 1) name = `${wanted}_${number}`;
  return name;
}

function pairs(columns: readonly string[], toColumns: readonly string[]): DocumentValue {
  return Object.fromEntries(columns.map((column, index) => [column, toColumns[index] ?? '']));
}

/** The columns that go on, for joins. */
function keptColumns(table: AnalysedTable): readonly string[] {
  const dropped = new Set(
    personalColumns(table)
      .filter(({ proposal, keptBecause }) => keptBecause === null && proposal.settings.method === 'drop')
      .map(({ column }) => column),
  );
  return table.evidence.table.fields.map(({ name }) => name).filter((name) => !dropped.has(name));
}

/** Of a header: what it refers to, when it was, what state it is in. Its amounts would be counted once for each line. */
function headerColumns(table: AnalysedTable): readonly string[] {
  const references = new Set(table.references.flatMap(({ columns }) => columns));
  return keptColumns(table).filter((name) => {
    const kind = fieldOf(table, name)?.type.kind;
    return (
      references.has(name) ||
      kind === 'timestamp' ||
      kind === 'date' ||
      kind === 'string' ||
      kind === 'boolean'
    );
  });
}

function freePrefix(table: AnalysedTable, wanted: readonly string[], columns: ReadonlySet<string>): string {
  const base = table.evidence.table.table.name;
  for (let number = 1; ; number += 1) {
    const prefix = `${base}${number === 1 ? '' : number}_`;
    if (!wanted.some((column) => columns.has(`${prefix}${column}`.toLowerCase()))) return prefix;
  }
}
