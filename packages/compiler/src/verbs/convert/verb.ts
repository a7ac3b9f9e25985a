import { formatLogicalType, isSameLogicalType, parseLogicalType, type Field } from '@millrace/spec';

import { literalSql } from '../../checks/literal.ts';
import type { StepColumn } from '../../plan.ts';
import {
  convertValue,
  elseError,
  isWidening,
  jsonScalar,
  notExactly,
  parseMoment,
} from '../../sql/convert-value.ts';
import { copyColumn, duplicateNames, keptKey, quote } from '../../transform/columns.ts';
import { areFormats } from '../../transform/date-formats.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type StepOf,
} from '../../transform/transform-verb.ts';

type Conversion = Exclude<StepOf<'convert'>['convert']['columns'][string], string>;

interface Made {
  readonly sql: string;
  readonly column: StepColumn;
}

export const convert = defineTransformVerb({
  name: 'convert',
  async build({ convert: { columns } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const converted = await Promise.all(
      Object.entries(columns).map(async ([name, written]) => {
        const field = context.column(name, ['columns', name], input, 'key');
        const settings = typeof written === 'string' ? { to: written } : written;
        const made = field && (await convertField(field, name, settings, input, context));
        return made && { name: field?.name, made };
      }),
    );
    if (converted.includes(undefined)) return undefined;
    const made = input.fields.flatMap(
      (field): readonly Made[] =>
        converted.findLast((each) => each?.name === field.name)?.made ?? [
          { sql: quote(field.name), column: copyColumn(input, field) },
        ],
    );
    const outputs = made.map(({ column }) => column);
    const [twice] = duplicateNames(outputs.map(({ name }) => name));
    if (twice !== undefined) {
      context.report('columnTwice', { step: context.step, column: twice }, ['columns']);
      return undefined;
    }
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${made.map(({ sql }) => sql).join(', ')} FROM ${quote(input.alias)}`,
        columns: outputs,
        uses: [],
        key: keptKey(input, outputs),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});

async function convertField(
  field: Field,
  key: string,
  settings: Conversion,
  input: InputRelation,
  context: BuildContext,
): Promise<readonly Made[] | undefined> {
  const path = ['columns', key];
  const to = parseLogicalType(settings.to);
  if (to === undefined) return undefined;
  const onFailure = settings.onFailure ?? 'fail';
  for (const [name, needed] of [
    ['default', 'default'],
    ['textColumn', 'keepText'],
  ] as const) {
    if (settings[name] === undefined || onFailure === needed) continue;
    const fixes = [
      { kind: 'setField', path: context.at([...path, 'onFailure']), value: needed },
      { kind: 'removeField', path: context.at([...path, name]) },
    ] as const;
    const reason = `is for onFailure: ${needed} only`;
    context.report('valueInvalid', { key: name, reason }, [...path, name], fixes);
    return undefined;
  }
  const source = quote(field.name);
  let value: string | undefined;
  if (settings.formats === undefined) value = convertValue(source, field.type, to);
  else {
    if (to.kind !== 'date' && to.kind !== 'timestamp') {
      const fixes = [{ kind: 'removeField', path: context.at([...path, 'formats']) } as const];
      const reason = 'is for the types date, timestamp and timestamptz only';
      context.report('valueInvalid', { key: 'formats', reason }, [...path, 'formats'], fixes);
      return undefined;
    }
    if (!(await areFormats(settings.formats, to, [...path, 'formats'], context))) return undefined;
    if (field.type.kind === 'string') value = parseMoment(source, settings.formats, to);
  }
  if (value === undefined) {
    context.report(
      'conversionUnknown',
      {
        step: context.step,
        column: `${input.ref}.${field.name}`,
        type: formatLogicalType(field.type),
        to: formatLogicalType(to),
      },
      path,
    );
    return undefined;
  }
  const from = [{ ref: input.ref, column: field.name, how: 'transformed' as const }];
  const made = (sql: string, name: string, nullable: boolean): Made => ({
    sql: `${sql} AS ${quote(name)}`,
    column: { name, from, nullable },
  });
  if (isSameLogicalType(field.type, to)) return [{ sql: source, column: copyColumn(input, field) }];
  if (settings.formats === undefined && isWidening(field.type, to))
    return [made(value, field.name, field.nullable)];
  // A null within JSON is NULL, and no failure.
  const isJson = field.type.kind === 'json';
  const written = isJson ? jsonScalar(source) : source;
  switch (onFailure) {
    case 'fail': {
      const told = {
        subject: `${input.ref}.${field.name}`,
        fault: notExactly(to),
        advice: `Choose another type, or set onFailure of step '${context.step}'.`,
      };
      return [made(elseError(written, value, told), field.name, field.nullable || isJson)];
    }
    case 'null':
      return [made(value, field.name, true)];
    case 'default': {
      const fallback = settings.default === undefined ? undefined : literalSql(settings.default, to);
      if (fallback === undefined) {
        const reason =
          settings.default === undefined
            ? 'is missing: onFailure: default needs the value to use'
            : `must be a value of the type ${formatLogicalType(to)}`;
        context.report('valueInvalid', { key: 'default', reason }, [...path, 'default']);
        return undefined;
      }
      return [
        made(
          `CASE WHEN ${written} IS NOT NULL THEN coalesce(${value}, ${fallback}) END`,
          field.name,
          field.nullable || isJson,
        ),
      ];
    }
    case 'keepText': {
      const text = isJson || field.type.kind === 'string' ? written : `CAST(${source} AS VARCHAR)`;
      return [
        made(value, field.name, true),
        made(
          `CASE WHEN ${value} IS NULL THEN ${text} END`,
          settings.textColumn ?? `${field.name}_text`,
          true,
        ),
      ];
    }
  }
}
