import { formatLogicalType, type DocumentPath, type Field } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import type { StepColumn } from '../../plan.ts';
import { errorSql, shown } from '../../sql/convert-value.ts';
import { copyColumn, duplicateNames, freeName, keptKey, quote } from '../../transform/columns.ts';
import { matchingFields } from '../../transform/input-columns.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type OutputQuery,
  type StepOf,
} from '../../transform/transform-verb.ts';
import { markNumbers } from './exact-json.ts';
import {
  flattenedFields,
  isMarkNeeded,
  jsonPath,
  selectFields,
  type FlattenedField,
} from './flattened-fields.ts';

type Settings = StepOf<'flatten'>['flatten'];
type Child = NonNullable<Settings['children']>[string];

export const flatten = defineTransformVerb({
  name: 'flatten',
  async build({ flatten: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const column = jsonColumn(settings.column, input, context);
    const kept = keptFields(settings, column, input, context);
    const fields = await flattenedFields(settings.fields ?? {}, ['fields'], context);
    const each = settings.each === undefined ? undefined : await jsonPath(settings.each, ['each'], context);
    const isSound = settings.each === undefined ? isWithoutEach(settings, context) : each !== undefined;
    const children = await Promise.all(
      Object.entries(settings.children ?? {}).map(async ([name, child]) =>
        column === undefined ? undefined : childQuery(name, child, column, input, context),
      ),
    );
    if (column === undefined || kept === undefined || fields === undefined || !isSound) return undefined;
    if (!children.every((child) => child !== undefined)) return undefined;
    const own = rowsQuery(
      {
        kept,
        fields,
        each,
        index: settings.index,
        keepsEmpty: settings.keepEmpty ?? false,
        at: ['fields'],
      },
      column,
      input,
      context,
    );
    return own && [own, ...children];
  },
});

interface Rows {
  readonly kept: readonly Field[];
  readonly fields: readonly FlattenedField[];
  /** The path of the list whose items become rows. */
  readonly each: string | undefined;
  readonly index: string | undefined;
  readonly keepsEmpty: boolean;
  /** Where the names of the fields stand in the document. */
  readonly at: DocumentPath;
}

function rowsQuery(
  { kept, fields, each, index, keepsEmpty, at }: Rows,
  column: Field,
  input: InputRelation,
  context: BuildContext,
): OutputQuery | undefined {
  const isMarked = isMarkNeeded(fields);
  const names = {
    json: quote(freeName('the document', input.fields)),
    item: quote(freeName('the item', input.fields)),
    position: quote(freeName('the position', input.fields)),
    items: quote(freeName('the items', input.fields)),
  };
  const source = validJson(column, input);
  const json = isMarked ? markNumbers(source) : source;
  let rows = `SELECT *, ${json} AS ${names.json} FROM ${quote(input.alias)}`;
  if (each !== undefined) {
    const items = `SELECT *, ${itemsOf(names.json, each)} AS ${names.items} FROM (${rows}) AS "documents"`;
    const count = `len(${names.items})`;
    const list = keepsEmpty
      ? `CASE WHEN ${count} > 0 THEN ${names.items} ELSE [NULL::JSON] END`
      : names.items;
    const last = keepsEmpty ? `greatest(coalesce(${count}, 0), 1)` : count;
    rows = `SELECT *, unnest(${list}) AS ${names.item}, unnest(range(1, ${last} + 1)) AS ${names.position} FROM (${items}) AS "lists"`;
  }
  const made = selectFields(
    fields,
    each === undefined ? names.json : names.item,
    isMarked,
    column,
    input,
    context,
  );
  const indexed: StepColumn[] =
    index === undefined
      ? []
      : [
          {
            name: index,
            from: [{ ref: input.ref, column: column.name, how: 'transformed' }],
            nullable: keepsEmpty,
          },
        ];
  const position = keepsEmpty
    ? `CASE WHEN len(${names.items}) > 0 THEN ${names.position} END`
    : names.position;
  const columns = [...kept.map((field) => copyColumn(input, field)), ...indexed, ...made.columns];
  const [twice] = duplicateNames(columns.map(({ name }) => name));
  if (twice !== undefined) {
    context.report('columnTwice', { step: context.step, column: twice }, at);
    return undefined;
  }
  const list = [
    ...kept.map(({ name }) => quote(name)),
    ...(index === undefined ? [] : [`${position} AS ${quote(index)}`]),
    ...made.list,
  ];
  if (list.length === 0) {
    context.report('columnsEmpty', { table: context.step }, ['keep']);
    return undefined;
  }
  const parent = keptKey(input, columns);
  const isKeyed = parent.length > 0 && (each === undefined || (index !== undefined && !keepsEmpty));
  const key = each === undefined || index === undefined ? parent : [...parent, index];
  return {
    inputs: [{ alias: input.alias, ref: input.ref }],
    sql: `SELECT ${list.join(', ')} FROM (${rows}) AS "rows"`,
    columns,
    uses: each === undefined ? [] : [{ ref: input.ref, column: column.name, how: 'filtered' }],
    key: isKeyed ? key : [],
    ...(each === undefined ? { rows: { keeps: 'each', of: [input.alias] } } : {}),
    incrementality: { kind: 'rowwise' },
  };
}

/** What is no list counts as its only item; nothing and null as an empty one. */
function itemsOf(json: string, path: string): string {
  const found = `json_extract(${json}, ${quoteText(duckdbDialect, path)})`;
  return `CASE WHEN json_type(${found}) = 'ARRAY' THEN CAST(${found} AS JSON[]) WHEN json_type(${found}) <> 'NULL' THEN [${found}] END`;
}

/** A text that is no JSON ends the run. */
function validJson(column: Field, input: InputRelation): string {
  const value = quote(column.name);
  if (column.type.kind === 'json') return value;
  const error = errorSql([
    `${input.ref}.${column.name} holds '`,
    shown(value),
    "', which is no JSON. Correct it at the source, or convert the column to json in a step before, with onFailure.",
  ]);
  return `CASE WHEN json_valid(${value}) THEN ${value} WHEN ${value} IS NOT NULL THEN ${error} END`;
}

async function childQuery(
  output: string,
  child: Child,
  column: Field,
  input: InputRelation,
  context: BuildContext,
): Promise<OutputQuery | undefined> {
  const at = ['children', output];
  const fields = await flattenedFields(child.fields, [...at, 'fields'], context);
  const each = await jsonPath(child.path, [...at, 'path'], context);
  const key = child.key ?? input.key;
  if (key.length === 0) {
    const reason = `is missing: ${input.ref} has no known key, so name the columns that tell the parent of a row`;
    context.report('valueInvalid', { key: 'key', reason }, at);
    return undefined;
  }
  const kept = key.map((name, index) => context.column(name, [...at, 'key', index], input));
  if (fields === undefined || each === undefined || !kept.every((field) => field !== undefined))
    return undefined;
  const index = child.index ?? 'position';
  const rows = rowsQuery({ kept, fields, each, index, keepsEmpty: false, at }, column, input, context);
  return rows && { ...rows, output };
}

function jsonColumn(name: string, input: InputRelation, context: BuildContext): Field | undefined {
  const column = context.column(name, ['column'], input);
  if (column === undefined || column.type.kind === 'json' || column.type.kind === 'string') return column;
  const type = formatLogicalType(column.type);
  context.report(
    'columnUnfit',
    {
      step: context.step,
      verb: 'flatten',
      column: `${input.ref}.${column.name}`,
      type,
      expected: 'json or string',
    },
    ['column'],
  );
  return undefined;
}

function keptFields(
  { keep }: Settings,
  column: Field | undefined,
  input: InputRelation,
  context: BuildContext,
): readonly Field[] | undefined {
  if (keep === undefined) return input.fields.filter((field) => field !== column);
  const kept = matchingFields(keep, ['keep'], input, context);
  return kept && [...kept];
}

function isWithoutEach(settings: Settings, context: BuildContext): boolean {
  const lost = (['index', 'keepEmpty'] as const).filter((name) => settings[name] !== undefined);
  for (const name of lost) {
    const fixes = [{ kind: 'removeField', path: context.at([name]) } as const];
    context.report('valueInvalid', { key: name, reason: 'is for lists, and needs each' }, [name], fixes);
  }
  return lost.length === 0;
}
