import { randomBytes } from 'node:crypto';

import type { PublicationRecord, PublishRequest } from '@millrace/connector-sdk';
import type { Field, WriteMode } from '@millrace/spec';

import type { MysqlConnection, TextRow } from '../protocol/connection.ts';
import { FENCES, literal, PUBLICATIONS, qualified, type TargetName } from './names.ts';

/** A table that Millrace made: its comment names the generation, the generation's row holds the record. */
export interface Publication {
  readonly generation: string;
  readonly record: PublicationRecord;
  readonly fields: readonly Field[];
  readonly mode: WriteMode;
}

const COMMENT = /^Millrace generation ([0-9a-f]{32})$/;

export const newGeneration = (): string => randomBytes(16).toString('hex');
export const generationComment = (generation: string): string => `Millrace generation ${generation}`;
export const generationOf = (comment: string | null): string | undefined => COMMENT.exec(comment ?? '')?.[1];

const publicationsOf = (schema: string): string => qualified({ schema, name: PUBLICATIONS });
const fencesOf = (schema: string): string => qualified({ schema, name: FENCES });

/** Makes the database and the two bookkeeping tables where they are missing. */
export async function ensureStore(connection: MysqlConnection, schema: string): Promise<void> {
  const known = await connection.query(
    `SELECT (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${literal(schema)}),
      (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(schema)} AND TABLE_NAME IN ('${PUBLICATIONS}', '${FENCES}'))`,
  );
  const [databases, tables] = known[0] ?? [];
  if (databases === '0')
    await connection.execute(`CREATE DATABASE IF NOT EXISTS \`${schema.replaceAll('`', '``')}\``);
  if (tables === '2') return;
  await connection.execute(
    `CREATE TABLE IF NOT EXISTS ${publicationsOf(schema)} (
      generation CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
      table_name VARBINARY(255) NOT NULL, run_id VARBINARY(255) NOT NULL, fence_token BIGINT UNSIGNED NOT NULL,
      version BIGINT UNSIGNED NOT NULL, write_mode VARCHAR(16) NOT NULL, position LONGTEXT NOT NULL, published_at DATETIME(6) NOT NULL,
      row_count BIGINT UNSIGNED NOT NULL, schema_fingerprint VARCHAR(255) NOT NULL, fields LONGTEXT NOT NULL, KEY (table_name)
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'Millrace: what was published into each table'`,
  );
  await connection.execute(
    `CREATE TABLE IF NOT EXISTS ${fencesOf(schema)} (
      table_name VARBINARY(255) NOT NULL PRIMARY KEY, fence_token BIGINT UNSIGNED NOT NULL
    ) ENGINE = InnoDB COMMENT 'Millrace: highest lease that wrote each table'`,
  );
}

/** The highest fence token the table has seen; with `isLocked` no other transaction can raise it before this one ends. */
export async function readFence(
  connection: MysqlConnection,
  target: TargetName,
  isLocked: boolean,
): Promise<bigint> {
  const rows = await connection.query(
    `SELECT fence_token FROM ${fencesOf(target.schema)} WHERE table_name = ${literal(target.name)}${isLocked ? ' FOR UPDATE' : ''}`,
  );
  return BigInt(rows[0]?.[0] ?? 0);
}

export async function raiseFence(
  connection: MysqlConnection,
  target: TargetName,
  fenceToken: number,
): Promise<void> {
  await connection.execute(
    `INSERT INTO ${fencesOf(target.schema)} (table_name, fence_token) VALUES (${literal(target.name)}, ${fenceToken})
      ON DUPLICATE KEY UPDATE fence_token = GREATEST(fence_token, ${fenceToken})`,
  );
}

const COLUMNS = `generation, run_id, fence_token, version, write_mode, position,
  DATE_FORMAT(published_at, '%Y-%m-%dT%H:%i:%s.%fZ'), row_count, schema_fingerprint, fields`;

/** Records by generation; generations without a record are left out. */
export async function readPublications(
  connection: MysqlConnection,
  schema: string,
  generations: readonly string[],
): Promise<ReadonlyMap<string, Publication>> {
  if (generations.length === 0) return new Map();
  const list = generations.map(literal).join(', ');
  const rows = await connection.query(
    `SELECT ${COLUMNS} FROM ${publicationsOf(schema)} WHERE generation IN (${list})`,
  );
  return new Map(rows.map((row) => [row[0] ?? '', publicationOf(row)]));
}

function publicationOf(row: TextRow): Publication {
  const [
    generation,
    runId,
    fenceToken,
    version,
    mode,
    position,
    publishedAt,
    rows,
    schemaFingerprint,
    fields,
  ] = row;
  return {
    generation: generation ?? '',
    mode: writeModeOf(mode ?? ''),
    fields: JSON.parse(fields ?? '[]'),
    record: {
      runId: runId ?? '',
      fenceToken: Number(fenceToken),
      version: Number(version),
      position: JSON.parse(position ?? '{}'),
      publishedAt: publishedAt ?? '',
      rows: Number(rows),
      schemaFingerprint: schemaFingerprint ?? '',
    },
  };
}

function writeModeOf(text: string): WriteMode {
  return text === 'append' || text === 'merge' || text === 'scd2' ? text : 'replace';
}

/** Writes the record of a generation: a row of its own for a new one, else in place of the last publication's. */
export async function writePublication(
  connection: MysqlConnection,
  target: TargetName,
  publication: {
    readonly generation: string;
    readonly version: number;
    readonly rows: number;
    readonly fields: readonly Field[];
  },
  request: PublishRequest,
): Promise<void> {
  const values = [
    literal(publication.generation),
    literal(target.name),
    literal(request.runId),
    String(request.fenceToken),
    String(publication.version),
    literal(request.mode),
    literal(JSON.stringify(request.position())),
    'UTC_TIMESTAMP(6)',
    String(publication.rows),
    literal(request.schemaFingerprint),
    literal(JSON.stringify(publication.fields)),
  ];
  await connection.execute(
    `REPLACE INTO ${publicationsOf(target.schema)} (generation, table_name, run_id, fence_token, version, write_mode, position,
      published_at, row_count, schema_fingerprint, fields) VALUES (${values.join(', ')})`,
  );
}

/** Removes the records of generations that no table has any more. Call it only while holding the table's lock. */
export async function forgetOtherGenerations(
  connection: MysqlConnection,
  target: TargetName,
  kept: string,
): Promise<void> {
  await connection.execute(
    `DELETE FROM ${publicationsOf(target.schema)} WHERE table_name = ${literal(target.name)} AND generation <> ${literal(kept)}`,
  );
}

/** The table's kind, its generation's publication where Millrace made it, and the columns it really has. */
export interface CurrentTable {
  readonly publication: Publication | null;
  readonly columns: readonly string[];
}

export async function readCurrentTable(
  connection: MysqlConnection,
  target: TargetName,
): Promise<CurrentTable | undefined> {
  const where = `TABLE_SCHEMA = ${literal(target.schema)} AND TABLE_NAME = ${literal(target.name)}`;
  connection.send(
    `SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES WHERE ${where}`,
    `SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE ${where} ORDER BY ORDINAL_POSITION`,
  );
  // A case twin may answer to the same name.
  const tables = (await connection.rows()).filter((row) => row[0] === target.name);
  const columns = (await connection.rows())
    .filter((row) => row[0] === target.name)
    .map((row) => row[1] ?? '');
  if (tables.length === 0) return undefined;
  const generation = generationOf(tables[0]?.[1] ?? null);
  if (generation === undefined) return { publication: null, columns };
  const found = await readPublications(connection, target.schema, [generation]);
  return { publication: found.get(generation) ?? null, columns };
}
