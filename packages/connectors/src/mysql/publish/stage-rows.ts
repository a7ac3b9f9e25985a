import {
  type DelimitedFormat,
  PipelineError,
  type StagedFile,
  type StagedReader,
  type StagedValue,
} from '@millrace/connector-sdk';
import type { Field, LogicalType } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import { printable } from '../errors.ts';
import type { MysqlConnection } from '../protocol/connection.ts';
import { identifier, qualified, type TargetName } from './names.ts';

/**
 * With ESCAPED BY '' nothing but a doubled quote is special inside quotes, and an unquoted NULL is the NULL value
 * while a quoted one is four letters.
 */
const FORMAT: DelimitedFormat = { delimiter: ',', quote: '"', escape: '"', nullText: 'NULL' };

/** A staged column as DuckDB text that MySQL takes for exactly the same value. */
function stagedExpression({ name, type }: Field): string {
  const column = quoteIdentifier(duckdbDialect, name);
  switch (type.kind) {
    case 'boolean':
      return `CAST(${column} AS TINYINT)`;
    case 'decimal':
      // DuckDB leaves the zero out where no digit can stand before the point; MySQL keeps wide scales as text.
      return type.precision === type.scale
        ? `regexp_replace(CAST(${column} AS VARCHAR), '^(-?)\\.', '\\10.')`
        : column;
    case 'float':
      // The text of a double names one float only; MySQL parses all text as double.
      return type.bits === 32 ? `CAST(${column} AS DOUBLE)` : column;
    case 'timestamp':
      return type.timezone ? `make_timestamp(epoch_us(${column}))` : column;
    case 'bytes':
      return `hex(${column})`;
    default:
      return column;
  }
}

export interface StageTarget {
  readonly connection: MysqlConnection;
  readonly reader: StagedReader;
  readonly table: TargetName;
  readonly fields: readonly Field[];
  readonly limits: LoadLimits;
}

export interface LoadLimits {
  readonly isLocalInfileAllowed: boolean;
  readonly maxPacketBytes: number;
}

export async function readLoadLimits(connection: MysqlConnection): Promise<LoadLimits> {
  const [infile, packet] =
    (await connection.query('SELECT @@GLOBAL.local_infile, @@max_allowed_packet'))[0] ?? [];
  return { isLocalInfileAllowed: infile === '1', maxPacketBytes: Number(packet ?? 1_048_576) };
}

/** Loads one file into a work table; every row of the file or an error. */
export async function stageFile(target: StageTarget, file: StagedFile, signal: AbortSignal): Promise<void> {
  if (file.rows === 0) return;
  const loaded = target.limits.isLocalInfileAllowed
    ? await loadText(target, file, signal)
    : await insertRows(target, file, signal);
  if (loaded === BigInt(file.rows)) return;
  throw new PipelineError({
    code: 'rowCountMismatch',
    blame: 'destination',
    retry: 'backoff',
    message: `The destination server took ${loaded} of ${file.rows} staged rows. Nothing was published; it is tried again.`,
  });
}

async function loadText(
  { connection, reader, table, fields }: StageTarget,
  file: StagedFile,
  signal: AbortSignal,
): Promise<bigint> {
  const isHex = (type: LogicalType): boolean => type.kind === 'bytes';
  const columns = fields.map(({ name, type }, index) => (isHex(type) ? `@v${index}` : identifier(name)));
  const decoded = fields.flatMap(({ name, type }, index) =>
    isHex(type) ? [`${identifier(name)} = UNHEX(@v${index})`] : [],
  );
  const sql = `LOAD DATA LOCAL INFILE 'millrace' INTO TABLE ${qualified(table)} CHARACTER SET utf8mb4
    FIELDS TERMINATED BY ',' ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n' (${columns.join(', ')})
    ${decoded.length === 0 ? '' : `SET ${decoded.join(', ')}`}`;
  const completion = await connection.load(sql, () =>
    reader.delimited(file, fields.map(stagedExpression), FORMAT, signal),
  );
  // LOCAL turns the errors of strict mode into warnings, so one warning is one changed value.
  if (completion.warnings > 0) await refuseWarnings(connection);
  return completion.affectedRows;
}

async function refuseWarnings(connection: MysqlConnection): Promise<never> {
  const [, , message] = (await connection.query('SHOW WARNINGS LIMIT 1'))[0] ?? [];
  throw new PipelineError({
    code: 'valueUnrepresentable',
    blame: 'destination',
    retry: 'never',
    message: `The destination server would change a value: ${printable(message ?? 'no reason given')}. Nothing was published; map the column to another type, or leave it out.`,
  });
}

/** Bytes of one INSERT, well below the smallest usual max_allowed_packet. */
const MAX_STATEMENT_BYTES = 1_000_000;

async function insertRows(
  { connection, reader, table, fields, limits }: StageTarget,
  file: StagedFile,
  signal: AbortSignal,
): Promise<bigint> {
  const maxBytes = Math.min(MAX_STATEMENT_BYTES, limits.maxPacketBytes / 2);
  const select = fields.map((field) =>
    field.type.kind === 'bytes' ? quoteIdentifier(duckdbDialect, field.name) : stagedExpression(field),
  );
  const into = `INSERT INTO ${qualified(table)} (${fields.map(({ name }) => identifier(name)).join(', ')}) VALUES `;
  let rows: string[] = [];
  let bytes = 0;
  let inserted = 0n;
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    inserted += (await connection.execute(into + rows.join(','))).affectedRows;
    rows = [];
    bytes = 0;
  };
  for await (const chunk of reader.values(file, select, signal)) {
    for (const row of chunk) {
      const text = `(${row.map(valueLiteral).join(',')})`;
      if (bytes + text.length > maxBytes) await flush();
      rows.push(text);
      bytes += text.length;
    }
  }
  await flush();
  return inserted;
}

const needsHex = /[\0'\\\u0080-\uffff]/;

function valueLiteral(value: StagedValue): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return `X'${Buffer.from(value).toString('hex')}'`;
  return needsHex.test(value) ? `_utf8mb4 X'${Buffer.from(value, 'utf8').toString('hex')}'` : `'${value}'`;
}
