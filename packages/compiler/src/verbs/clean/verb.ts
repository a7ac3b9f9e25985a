import { formatLogicalType, parseLogicalType, type Field, type LogicalType } from '@millrace/spec';

import {
  convertValue,
  elseError,
  hasClock,
  hasOffset,
  notExactly,
  parseMoment,
} from '../../sql/convert-value.ts';
import { copyColumn, freeName, keptKey, quote } from '../../transform/columns.ts';
import { areFormats } from '../../transform/date-formats.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type StepOf,
} from '../../transform/transform-verb.ts';
import { cleanText } from './clean-text.ts';
import { readNumber } from './read-number.ts';

type Cleaning = StepOf<'clean'>['clean']['columns'][string];

interface Reading {
  readonly field: Field;
  /** The cleaned text. */
  readonly text: string;
  /** The number that is found in the cleaned text, under a name of its own. */
  readonly number: { readonly name: string; readonly sql: string } | undefined;
  /** What is read in the cleaned text, which has the name of the column; undefined when it stays text. */
  readonly value: string | undefined;
  readonly isNullable: boolean;
}

export const clean = defineTransformVerb({
  name: 'clean',
  async build({ clean: { columns } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const cleaned = await Promise.all(
      Object.entries(columns).map(async ([name, settings]) => cleanField(name, settings, input, context)),
    );
    if (!cleaned.every((each) => each !== undefined)) return undefined;
    const byName = new Map(cleaned.map((each) => [each.field.name, each]));
    const texts = input.fields.map(({ name }) => {
      const text = byName.get(name)?.text ?? quote(name);
      return text === quote(name) ? text : `${text} AS ${quote(name)}`;
    });
    const values = input.fields.map(({ name }) => {
      const value = byName.get(name)?.value;
      return value === undefined ? quote(name) : `${value} AS ${quote(name)}`;
    });
    const numbers = cleaned.flatMap(({ number }) =>
      number === undefined ? [] : [`${number.sql} AS ${quote(number.name)}`],
    );
    const inner = `SELECT ${texts.join(', ')} FROM ${quote(input.alias)}`;
    const found =
      numbers.length === 0 ? inner : `SELECT *, ${numbers.join(', ')} FROM (${inner}) AS "cleaned"`;
    const outputs = input.fields.map((field) => {
      const each = byName.get(field.name);
      if (each === undefined) return copyColumn(input, field);
      const from = [{ ref: input.ref, column: field.name, how: 'transformed' as const }];
      return { name: field.name, from, nullable: each.isNullable };
    });
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: cleaned.some(({ value }) => value !== undefined)
          ? `SELECT ${values.join(', ')} FROM (${found}) AS "read"`
          : inner,
        columns: outputs,
        uses: [],
        key: keptKey(input, outputs),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});

async function cleanField(
  name: string,
  settings: Cleaning,
  input: InputRelation,
  context: BuildContext,
): Promise<Reading | undefined> {
  const path = ['columns', name];
  const field = context.column(name, path, input, 'key');
  if (field === undefined) return undefined;
  const column = `${input.ref}.${field.name}`;
  if (field.type.kind !== 'string') {
    const type = formatLogicalType(field.type);
    context.report(
      'columnUnfit',
      { step: context.step, verb: 'clean', column, type, expected: 'string' },
      path,
      [{ kind: 'removeField', path: context.at(path) }],
      'key',
    );
    return undefined;
  }
  const { dateFormats, number, onFailure = 'fail' } = settings;
  if (dateFormats !== undefined && number !== undefined) {
    const fixes = [{ kind: 'removeField', path: context.at([...path, 'number']) } as const];
    const reason = 'cannot stand beside dateFormats: a text is read as one or the other';
    context.report('valueInvalid', { key: 'number', reason }, [...path, 'number'], fixes);
    return undefined;
  }
  const text = cleanText(quote(field.name), settings);
  const isNullable = field.nullable || settings.nullTokens !== undefined || onFailure === 'null';
  const read = await readText(field, settings, path, input, context);
  if (read === 'wrong') return undefined;
  if (read === undefined) return { field, text, number: undefined, value: undefined, isNullable };
  const told = {
    subject: column,
    fault: notExactly(read.type),
    advice: `Extend what step '${context.step}' reads, or set onFailure: null.`,
  };
  const value = onFailure === 'null' ? read.sql : elseError(quote(field.name), read.sql, told);
  return { field, text, number: read.number, value, isNullable };
}

interface TextReading {
  readonly sql: string;
  readonly type: LogicalType;
  readonly number?: { readonly name: string; readonly sql: string };
}

async function readText(
  { name }: Field,
  { dateFormats, number }: Cleaning,
  path: readonly string[],
  input: InputRelation,
  context: BuildContext,
): Promise<TextReading | 'wrong' | undefined> {
  if (dateFormats !== undefined) {
    const type = momentType(dateFormats);
    const isSound = await areFormats(dateFormats, type, [...path, 'dateFormats'], context);
    return isSound ? { sql: parseMoment(quote(name), dateFormats, type), type } : 'wrong';
  }
  if (number === undefined) return undefined;
  const type = parseLogicalType(number.to);
  if (type === undefined) return 'wrong';
  const found = readNumber(quote(name), number, type);
  if ('reason' in found) {
    const at = [...path, 'number', ...found.path];
    context.report('valueInvalid', { key: found.key, reason: found.reason }, at);
    return 'wrong';
  }
  const own = freeName(`${name} number`, input.fields);
  const sql = convertValue(quote(own), found.type, type);
  return sql === undefined ? 'wrong' : { sql, type, number: { name: own, sql: found.read } };
}

/** A date, unless one of the formats tells a time of day; an instant when one tells an offset. */
function momentType(formats: readonly string[]): Extract<LogicalType, { kind: 'date' | 'timestamp' }> {
  if (formats.some((format) => hasOffset(format))) return { kind: 'timestamp', timezone: true };
  return formats.some((format) => hasClock(format))
    ? { kind: 'timestamp', timezone: false }
    : { kind: 'date' };
}
