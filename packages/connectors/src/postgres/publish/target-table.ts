import { createHash } from 'node:crypto';

import { PipelineError } from '@millrace/connector-sdk';
import { type Field, formatTableName, type TableName } from '@millrace/spec';
import { postgresDialect, quoteIdentifier, quoteTable } from '@millrace/sql';

import type { Session } from '../session/session.ts';

const MAX_NAME_BYTES = 63;

/** The table that is published to, as it stands. */
export interface TargetTable {
  readonly oid: string;
  /** In order, with the native types as the server prints them. */
  readonly columns: readonly {
    readonly name: string;
    readonly native: string;
    readonly isRequired: boolean;
  }[];
  /** Why it cannot be replaced by another table of its name: `the view mart.daily`; empty when it can. */
  readonly attachments: readonly string[];
  readonly hasKeyIndex: boolean;
}

const FIND = `SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`;

const COLUMNS = `SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;

/**
 * What hangs on the table itself and would be lost with it, or keeps it from being dropped: views, functions, rules,
 * indexes, triggers, policies, foreign keys, publications, statistics, inheritance, comments. Not its own row type,
 * defaults, TOAST table and the key index that Millrace makes.
 */
const ATTACHMENTS = `SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND NOT (d.classid = 'pg_class'::regclass AND d.objid = $1::oid)
  AND d.classid <> 'pg_attrdef'::regclass AND d.deptype <> 'i'
  -- Since PostgreSQL 18 NOT NULL is a constraint.
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE d.classid = 'pg_constraint'::regclass AND k.oid = d.objid AND k.contype = 'n')
  AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT oid FROM pg_class WHERE relkind = 't' OR relname = $2))
UNION
SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d JOIN pg_type t ON t.typrelid = $1::oid OR t.typelem = (SELECT reltype FROM pg_class WHERE oid = $1::oid)
WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid = t.oid AND d.deptype = 'n'
UNION
SELECT 'row-level security' FROM pg_class WHERE oid = $1::oid AND relrowsecurity
UNION
SELECT 'storage options' FROM pg_class WHERE oid = $1::oid AND (reloptions IS NOT NULL OR reltablespace <> 0)
UNION
SELECT 'comments' FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid = $1::oid
UNION
SELECT 'rights on columns' FROM pg_attribute WHERE attrelid = $1::oid AND attacl IS NOT NULL
UNION
SELECT 'a sequence of a column' FROM pg_attribute WHERE attrelid = $1::oid AND attidentity <> ''
ORDER BY 1`;

/** The table as it stands; undefined when there is none. Throws when the name belongs to something else. */
export async function findTarget(
  session: Session,
  table: TableName,
  signal: AbortSignal,
): Promise<TargetTable | undefined> {
  const subject = `Looking at ${formatTableName(table)}`;
  const [found] = await session.query(FIND, subject, signal, [table.schema ?? '', table.name]);
  if (found === undefined) return undefined;
  const [oid = null, kind] = found;
  if (kind !== 'r' && kind !== 'p') {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${formatTableName(table)} is not a table in the destination. Choose another name, or drop what has it.`,
    });
  }
  const columns = await session.query(COLUMNS, subject, signal, [oid]);
  const keyIndex = keyIndexName(table);
  const attachments = await session.query(ATTACHMENTS, subject, signal, [oid, keyIndex]);
  const indexes = await session.query(
    'SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::oid AND c.relname = $2',
    subject,
    signal,
    [oid, keyIndex],
  );
  return {
    oid: oid ?? '',
    columns: columns.map(([name, native, isRequired]) => ({
      name: name ?? '',
      native: native ?? '',
      isRequired: isRequired === 't',
    })),
    attachments: [...(kind === 'p' ? ['its partitions'] : []), ...attachments.map(([text]) => text ?? '')],
    hasKeyIndex: indexes.length > 0,
  };
}

/** The index that merges find their rows by; named after the table, so that it is known again. */
export function keyIndexName(table: TableName): string {
  return `millrace_key_${createHash('md5')
    .update(JSON.stringify([table.schema, table.name]))
    .digest('hex')
    .slice(0, 16)}`;
}

export function sqlName(name: string): string {
  return quoteIdentifier(postgresDialect, name);
}

export function sqlTable(table: TableName): string {
  return quoteTable(postgresDialect, table);
}

export function sqlNames(fields: readonly Pick<Field, 'name'>[]): string {
  return fields.map(({ name }) => sqlName(name)).join(', ');
}

/** PostgreSQL would cut a longer name without an error, and then two names could be one. */
export function throwIfNameTooLong(table: TableName, fields: readonly Field[]): void {
  for (const name of [table.schema ?? 'public', table.name, ...fields.map((field) => field.name)]) {
    if (name !== '' && Buffer.byteLength(name) <= MAX_NAME_BYTES) continue;
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${JSON.stringify(name)} of ${formatTableName(table)} cannot be a name in PostgreSQL: it needs 1 to ${MAX_NAME_BYTES} bytes. Rename it.`,
    });
  }
}
