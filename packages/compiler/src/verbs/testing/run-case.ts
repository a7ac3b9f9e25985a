import type { DuckDBConnection } from '@duckdb/node-api';
import {
  formatLogicalType,
  hasErrors,
  locateNowhere,
  parsePipeline,
  type Diagnostic,
  type Field,
} from '@millrace/spec';
import { duckdbType, parseDuckdbType } from '@millrace/sql';

import { Compilation } from '../../compilation.ts';
import { CompileMemory } from '../../compile-memory.ts';
import type { PlannedCode } from '../../plan.ts';
import type { SqlAnalyser } from '../../sql/sql-analyser.ts';
import { quote } from '../../transform/columns.ts';
import { compileSteps } from '../../transform/compile-steps.ts';
import type { CompiledStep, DefinedRelation } from '../../transform/compiled-step.ts';
import type { CodeAnalyser } from '../../code/code-analyser.ts';
import type { CodeFiles } from '../../code/code-files.ts';
import { splitDiffers } from './split-rows.ts';
import { resultSql, tableOf } from './step-sql.ts';

export const MARK = '# => ';

/** Rows of a step that a case tells one by one. */
const MAX_SHOWN = 10;
/** To compute more in each way takes longer than a test may. */
const MAX_SPLIT = 100_000;

export interface Analysers {
  readonly sql: SqlAnalyser;
  readonly code: CodeAnalyser;
}

/**
 * A case is a document, then the rows of the steps that it does not make, as `# orders(id): SELECT …` with the key in
 * parentheses, and files of code, as `# transforms/slug.ts: export default …`, then what must come of it, in lines with the mark: the diagnostics, or, of each step, its SQL, columns,
 * key, what else it reads, how it is computed from changes, and its rows.
 */
export async function runCase(
  text: string,
  { sql, code }: Analysers,
  connection: DuckDBConnection,
): Promise<{ readonly lines: readonly string[]; readonly diagnostics: readonly Diagnostic[] }> {
  const landed = await createRelations(text, connection);
  const { document, diagnostics, locate } = parsePipeline(text, 'case.yaml');
  if (document === undefined) return { lines: diagnostics.map(describeDiagnostic), diagnostics };
  const compilation = new Compilation({
    document,
    locate: locate ?? locateNowhere('case.yaml'),
    connections: {},
    tables: {},
    sql,
    code,
    codeFiles: codeOf(text),
  });
  const memory = new CompileMemory();
  const order = memory.order(compilation.steps);
  const { steps, relations } = await compileSteps(compilation, landed, order, memory);
  const all = [...diagnostics, ...compilation.diagnostics].filter(({ code }) => code !== 'sourceUnused');
  const lines = all
    .toSorted((left, right) => left.range.start.offset - right.range.start.offset)
    .map(describeDiagnostic);
  if (!hasErrors(all)) {
    for (const step of steps) {
      lines.push(...describeStep(step), ...(await rowsOf(step, relations, connection)));
    }
  }
  return { lines, diagnostics: all };
}

function codeOf(text: string): CodeFiles {
  const files = text.matchAll(/^# transforms\/(\S+): (.*)$/gm);
  const texts = new Map([...files].map(([, file = '', code = '']) => [file, code]));
  return { folder: 'transforms/', texts, problems: new Map(), known: [...texts.keys()] };
}

async function createRelations(
  text: string,
  connection: DuckDBConnection,
): Promise<ReadonlyMap<string, DefinedRelation>> {
  const relations = new Map<string, DefinedRelation>();
  for (const [, ref = '', keys = '', sql = ''] of text.matchAll(/^# ([\w-]+)(?:\((.*?)\))?: (.*)$/gm)) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${tableOf(ref)} AS ${sql}`);
    const key = keys === '' ? [] : keys.split(', ');
    const empty = await connection.runAndReadAll(`FROM ${tableOf(ref)} LIMIT 0`);
    const types = empty.columnTypes();
    const fields = empty.columnNames().map((name, index): Field => {
      const native = types[index]?.alias ?? String(types[index]);
      const type = parseDuckdbType(native);
      if (type === undefined) throw new Error(`No logical type holds ${native}.`);
      return { name, type, nullable: !key.includes(name) };
    });
    relations.set(ref, { ref, fields, key, fingerprint: ref });
  }
  return relations;
}

function describeStep(step: CompiledStep): readonly string[] {
  const { ref, sql, columns, key, uses, incrementality, code, notes = [] } = step;
  const listed = columns.map(({ name, from, field }) => {
    const origins = from.map((origin) => `${origin.ref}.${origin.column} ${origin.how}`).join(' + ');
    return `${name} ${formatLogicalType(field.type)}${field.nullable ? '' : ' required'}${origins === '' ? '' : ` < ${origins}`}`;
  });
  const used = uses.map((use) => `${use.ref}.${use.column} ${use.how}`).join(', ');
  return [
    `${ref}: ${sql}`,
    `${ref} has ${listed.join('; ')}`,
    ...(key.length === 0 ? [] : [`${ref} key ${key.join(', ')}`]),
    ...(used === '' ? [] : [`${ref} uses ${used}`]),
    `${ref} ${describeIncrementality(incrementality)}`,
    ...(code === undefined ? [] : [`${ref} code ${describeCode(code)}`]),
    ...notes.map((note) => `${ref} note ${note}`),
  ].map(toLine);
}

function describeCode({ file, mode, reads, returns, isOnePerRow, limits }: PlannedCode): string {
  const rows = isOnePerRow ? 'at most one row for each' : 'any rows';
  const limit = `${limits.memoryBytes} bytes, ${limits.timeoutMs} ms`;
  return `${file} over ${mode}: ${reads.map(({ name }) => name).join(', ')} to ${returns.join(', ')}, ${rows}, within ${limit}`;
}

function describeIncrementality(incrementality: CompiledStep['incrementality']): string {
  switch (incrementality.kind) {
    case 'rowwise':
      return 'row by row';
    case 'whole':
      return `from all rows: ${incrementality.reason}`;
    case 'partitioned': {
      const by = Object.entries(incrementality.by).map(
        ([alias, parts]) => `${alias} ${parts.map(({ sql }) => sql).join(', ')}`,
      );
      const { linearIn } = incrementality;
      return `in parts by ${by.join('; ')}${linearIn.length === 0 ? '' : `, row by row in ${linearIn.join(', ')}`}`;
    }
  }
}

/** Runs a step over the tables of its inputs, keeps what comes as a table, and proves what it says of its parts. */
async function rowsOf(
  step: CompiledStep,
  relations: ReadonlyMap<string, DefinedRelation>,
  connection: DuckDBConnection,
): Promise<readonly string[]> {
  const { ref } = step;
  const sql = resultSql(step, tableOf);
  await connection.run(`EXPLAIN ${sql}`);
  if (step.code !== undefined) return keepNoRows(step, connection);
  try {
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${tableOf(ref)} AS ${sql}`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [toLine(`${ref} fails: ${message.split('\n')[0]}`)];
  }
  const order = relations.get(ref)?.order === undefined ? ' ORDER BY ALL' : '';
  const rows = await connection.runAndReadAll(`SELECT * FROM ${tableOf(ref)}${order} LIMIT ${MAX_SHOWN}`);
  const count = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM ${tableOf(ref)}`);
  const more = Number(count.getRows()[0]?.[0]) - MAX_SHOWN;
  const differs = more > MAX_SPLIT ? undefined : await splitDiffers(step, connection);
  return [
    ...rows.getRowObjectsJson().map((row) => `${ref} row ${JSON.stringify(row)}`),
    ...(more > 0 ? [`${ref} row … and ${more} more`] : []),
    ...(differs === undefined ? [] : [`${ref} DIFFERS when ${differs}`]),
  ].map(toLine);
}

/** A table without rows, for the steps that read what code makes. */
async function keepNoRows(
  { ref, columns }: CompiledStep,
  connection: DuckDBConnection,
): Promise<readonly string[]> {
  const list = columns.map(({ name, field }) => `CAST(NULL AS ${duckdbType(field.type)}) AS ${quote(name)}`);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${tableOf(ref)} AS SELECT ${list.join(', ')} WHERE false`,
  );
  return [];
}

function toLine(text: string): string {
  return MARK + text.replaceAll('\n', '⏎');
}

function describeDiagnostic({ range, severity, code, message }: Diagnostic): string {
  return `${MARK}${range.start.line}:${range.start.column} ${severity} ${code}: ${message}`;
}
