import { parseLogicalType, type DocumentPath, type Field, type LogicalType } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import type { StepColumn } from '../../plan.ts';
import { elseError, notExactly } from '../../sql/convert-value.ts';
import { quote } from '../../transform/columns.ts';
import { isSqlProblem } from '../../sql/sql-analyser.ts';
import type { BuildContext, InputRelation, StepOf } from '../../transform/transform-verb.ts';
import { isReadAsWritten, textAt, valueAt } from './exact-json.ts';

type Fields = NonNullable<StepOf<'flatten'>['flatten']['fields']>;

export interface FlattenedField {
  readonly name: string;
  /** As DuckDB reads it. */
  readonly path: string;
  readonly type: LogicalType;
  readonly onFailure: 'fail' | 'null';
}

/** The fields of the document; undefined when one is wrong, which is reported. */
export async function flattenedFields(
  fields: Fields,
  at: DocumentPath,
  context: BuildContext,
): Promise<readonly FlattenedField[] | undefined> {
  const made = await Promise.all(
    Object.entries(fields).map(async ([name, written]): Promise<FlattenedField | undefined> => {
      const settings = typeof written === 'string' ? { path: written } : written;
      const place = typeof written === 'string' ? [...at, name] : [...at, name, 'path'];
      const path = await jsonPath(settings.path, place, context);
      const type = parseLogicalType(settings.type ?? 'string');
      if (path === undefined || type === undefined) return undefined;
      return { name, path, type, onFailure: settings.onFailure ?? 'fail' };
    }),
  );
  return made.every((each) => each !== undefined) ? made : undefined;
}

/** A path as DuckDB reads it; undefined when it is none, or one to several values, which is reported. */
export async function jsonPath(
  written: string,
  at: DocumentPath,
  context: BuildContext,
): Promise<string | undefined> {
  const path = written.startsWith('$') ? written : written.startsWith('[') ? `$${written}` : `$.${written}`;
  const key = String(at.at(-1));
  if (/[*]|\.\./.test(path.replaceAll(/"[^"]*"/g, ''))) {
    const reason = 'leads to several values; make rows of a list with each or children';
    context.report('valueInvalid', { key, reason }, at);
    return undefined;
  }
  const sql = `SELECT json_extract('{}', ${quoteText(duckdbDialect, path)}) AS found`;
  const answer = await context.sql.describe({ relations: [], sql });
  if (!isSqlProblem(answer)) return path;
  const reason =
    'is no path. Write keys with dots between and [0] for items, with double quotes around odd keys';
  context.report('valueInvalid', { key, reason }, at);
  return undefined;
}

/** The SELECT list and the columns of fields read in `json`. */
export function selectFields(
  fields: readonly FlattenedField[],
  json: string,
  isMarked: boolean,
  column: Field,
  input: InputRelation,
  { step }: BuildContext,
): { readonly list: readonly string[]; readonly columns: readonly StepColumn[] } {
  const list = fields.map(({ name, path, type, onFailure }) => {
    const value = valueAt(json, path, type, isMarked) ?? 'NULL';
    if (onFailure === 'null' || type.kind === 'string' || type.kind === 'json') return { name, value };
    const told = {
      subject: `${path.slice(path.startsWith('$.') ? 2 : 0)} in ${input.ref}.${column.name}`,
      fault: notExactly(type),
      advice: `Choose another type for ${name} in step '${step}', or set its onFailure: null.`,
    };
    return { name, value: elseError(textAt(json, path, isMarked), value, told) };
  });
  const from = [{ ref: input.ref, column: column.name, how: 'transformed' as const }];
  return {
    list: list.map(({ name, value }) => `${value} AS ${quote(name)}`),
    columns: list.map(({ name }) => ({ name, from, nullable: true })),
  };
}

export function isMarkNeeded(fields: readonly FlattenedField[]): boolean {
  return fields.some(({ type }) => isReadAsWritten(type));
}
