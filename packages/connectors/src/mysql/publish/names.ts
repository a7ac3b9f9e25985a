import { createHash } from 'node:crypto';

import { PipelineError } from '@millrace/connector-sdk';
import { formatTableName, type TableName } from '@millrace/spec';
import { mysqlDialect, quoteIdentifier, quoteTable, quoteText } from '@millrace/sql';

/** A table with its database. */
export interface TargetName {
  readonly schema: string;
  readonly name: string;
}

export const PUBLICATIONS = '_millrace_publications';
export const FENCES = '_millrace_fences';

export const identifier = (name: string): string => quoteIdentifier(mysqlDialect, name);
export const qualified = (table: TargetName): string => quoteTable(mysqlDialect, table);
export const literal = (text: string): string => quoteText(mysqlDialect, text);

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Tables that an attempt makes beside its target; all carry the hash of the target's name, so that the next one finds them. */
export interface WorkTables {
  readonly staged: TargetName;
  readonly deletedKeys: TargetName;
  readonly replaced: TargetName;
  /** LIKE pattern of all work tables of this target. */
  readonly leftovers: string;
  /** Name of the user lock of this target. */
  readonly lock: string;
}

export function workTables(target: TargetName, runId: string, fenceToken: number): WorkTables {
  const table = shortHash(`${target.schema}\0${target.name}`);
  const attempt = shortHash(`${runId}\0${fenceToken}`).slice(0, 8);
  const named = (role: string): TargetName => ({
    schema: target.schema,
    name: `_millrace_${role}_${table}_${attempt}`,
  });
  return {
    staged: named('stage'),
    deletedKeys: named('keys'),
    replaced: named('old'),
    leftovers: `\\_millrace\\_%\\_${table}\\_%`,
    lock: `millrace:${table}`,
  };
}

/** MySQL keeps names in three-byte UTF-8 and replaces what does not fit by `?`, without an error. */
const UNKEPT = /[\u{10000}-\u{10ffff}\0]/u;
const MAX_NAME_CHARACTERS = 64;

export function requireName(name: string, what: string): void {
  const reason = UNKEPT.test(name)
    ? 'holds a character that MySQL names cannot hold'
    : name.length > MAX_NAME_CHARACTERS
      ? `is longer than ${MAX_NAME_CHARACTERS} characters`
      : name === '' || name.endsWith(' ')
        ? 'is empty or ends with a space'
        : undefined;
  if (reason === undefined) return;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The ${what} ${JSON.stringify(name)} ${reason}. Give another name in the destination step.`,
  });
}

/** The table with the connection's database where it names none. */
export function resolveTarget(table: TableName, database: string | undefined): TargetName {
  const schema = table.schema ?? database;
  if (schema === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${formatTableName(table)} names no database, and the connection has none. Write database.table, or set database.`,
    });
  }
  requireName(schema, 'database');
  requireName(table.name, 'table');
  return { schema, name: table.name };
}
