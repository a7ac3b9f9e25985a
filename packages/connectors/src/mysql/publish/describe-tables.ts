import type { PublishedTable } from '@millrace/connector-sdk';
import type { Field, TableName } from '@millrace/spec';

import { readTypeOf } from '../native-type.ts';
import type { MysqlConnection, TextRow } from '../protocol/connection.ts';
import { literal, PUBLICATIONS, resolveTarget, type TargetName } from './names.ts';
import { generationOf, type Publication, readPublications } from './publication-store.ts';

/** One answer per table in the same order, in a fixed number of queries per database. */
export async function describeTables(
  connection: MysqlConnection,
  tables: readonly TableName[],
  database: string | undefined,
): Promise<readonly (PublishedTable | undefined)[]> {
  const targets = tables.map((table) => resolveTarget(table, database));
  const answers = new Map<string, PublishedTable>();
  for (const [schema, wanted] of Map.groupBy(targets, (target) => target.schema)) {
    for (const answer of await describeSchema(connection, schema, wanted))
      answers.set(`${schema}\0${answer.table.name}`, answer);
  }
  return targets.map((target, index) => {
    const answer = answers.get(`${target.schema}\0${target.name}`);
    return answer === undefined ? undefined : { ...answer, table: tables[index] ?? target };
  });
}

async function describeSchema(
  connection: MysqlConnection,
  schema: string,
  wanted: readonly TargetName[],
): Promise<PublishedTable[]> {
  const names = [...new Set([...wanted.map(({ name }) => name), PUBLICATIONS])].map(literal).join(', ');
  const where = `TABLE_SCHEMA = ${literal(schema)} AND TABLE_NAME IN (${names})`;
  const tables = await connection.query(
    `SELECT TABLE_NAME, TABLE_COMMENT, TABLE_ROWS FROM information_schema.TABLES WHERE ${where}`,
  );
  const hasStore = tables.some((row) => row[0] === PUBLICATIONS);
  const generations = tables.flatMap((row) => generationOf(row[1] ?? null) ?? []);
  const publications = hasStore
    ? await readPublications(connection, schema, generations)
    : new Map<string, Publication>();
  const isForeign = (row: TextRow): boolean => !publications.has(generationOf(row[1] ?? null) ?? '');
  const foreign = tables.some((row) => isForeign(row) && row[0] !== PUBLICATIONS)
    ? await foreignFields(connection, where)
    : new Map<string, Field[]>();
  return tables.map((row) => {
    const name = row[0] ?? '';
    const publication = publications.get(generationOf(row[1] ?? null) ?? '');
    return {
      table: { schema, name },
      fields: publication?.fields ?? foreign.get(name) ?? [],
      record: publication?.record ?? null,
      estimatedRows: row[2] == null ? null : Number(row[2]),
    };
  });
}

/** Columns of tables that Millrace did not make, as the source side would read them. */
async function foreignFields(connection: MysqlConnection, where: string): Promise<Map<string, Field[]>> {
  const rows = await connection.query(
    `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_SET_NAME, IS_NULLABLE
      FROM information_schema.COLUMNS WHERE ${where} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const grouped = Map.groupBy(rows, (row) => row[0] ?? '');
  return new Map([...grouped].map(([name, columns]) => [name, columns.map(fieldOf)]));
}

function fieldOf(row: TextRow): Field {
  const [, name, dataType, columnType, precision, scale, characterSet, nullable] = row;
  const { type } = readTypeOf({
    dataType: (dataType ?? '').toLowerCase(),
    columnType: (columnType ?? '').toLowerCase(),
    precision: Number(precision ?? 0),
    scale: Number(scale ?? 0),
    characterSet: characterSet ?? null,
    isCheckedJson: false,
  });
  return { name: name ?? '', type, nullable: nullable === 'YES' };
}
