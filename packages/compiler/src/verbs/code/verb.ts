import { parseDuration, parseLogicalType, parseSize, type Field } from '@millrace/spec';

import type { LineageUse, PlannedCode, StepColumn } from '../../plan.ts';
import { copyColumn, duplicateNames, isSameName, keptKey, quote } from '../../transform/columns.ts';
import { matchingFields } from '../../transform/input-columns.ts';
import { totalOrderSql } from '../../transform/order-terms.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type StepOf,
} from '../../transform/transform-verb.ts';

type Settings = StepOf<'code'>['code'];

const DEFAULT_MEMORY = '256MiB';
const DEFAULT_TIMEOUT = '30s';
/** An engine for JavaScript has this before it has any row. */
const LEAST_MEMORY = '16MiB';

/** A column of the result: returned by the function, or a field of the input that stays as it is. */
interface ResultColumn {
  readonly field: Field;
  readonly copied: Field | undefined;
}

export const code = defineTransformVerb({
  name: 'code',
  async build({ code: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const found = await context.code(settings);
    const reads = chosenFields(settings.reads, 'reads', input, context);
    const result = resultColumns(settings, input, context);
    const limits = limitsOf(settings, context);
    if (found === undefined || reads === undefined || result === undefined || limits === undefined)
      return undefined;
    const columns = result.map(({ field, copied }): StepColumn => {
      if (copied !== undefined) return copyColumn(input, copied);
      const from = [...reads].map(({ name: column }) => ({
        ref: input.ref,
        column,
        how: 'transformed' as const,
      }));
      return { name: field.name, from, nullable: field.nullable };
    });
    const inherited = keptKey(input, columns);
    const key = settings.key === undefined ? inherited : resultKey(settings.key, result, context);
    if (key === undefined) return undefined;
    const mode = settings.mode ?? 'rows';
    const inputKey = input.fields.filter(({ name }) => input.key.includes(name));
    const given = input.fields.filter(
      (field) =>
        reads.has(field) || inputKey.includes(field) || result.some(({ copied }) => copied === field),
    );
    if (given.length === 0) {
      context.report('stepColumnsEmpty', { step: context.step, key: 'reads' }, ['reads']);
      return undefined;
    }
    // The function decides which rows stay.
    const uses = [...reads].map(({ name: column }): LineageUse => ({
      ref: input.ref,
      column,
      how: 'filtered',
    }));
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: givenSql(given, mode, input),
        columns,
        uses,
        key,
        ...(settings.key === undefined && mode === 'rows' && inherited.length > 0
          ? { rows: { keeps: 'some', of: [input.alias] } }
          : {}),
        incrementality:
          mode === 'rows'
            ? { kind: 'rowwise' }
            : { kind: 'whole', reason: 'its code sees many rows at once' },
        code: {
          run: {
            file: found.file,
            source: found.text,
            mode,
            reads: [...reads],
            inputKey,
            returns: result.flatMap(({ field, copied }) => (copied === undefined ? [field.name] : [])),
            isOnePerRow: settings.key === undefined && inherited.length > 0,
            limits,
          },
          fields: result.map(({ field }) => field),
        },
      },
    ];
  },
});

/** The rows that the function is given. Over batches their order counts, so that it is always the same. */
function givenSql(given: readonly Field[], mode: PlannedCode['mode'], input: InputRelation): string {
  const list = given.map(({ name }) => quote(name)).join(', ');
  const select = `SELECT ${list} FROM ${quote(input.alias)}`;
  if (mode === 'rows') return select;
  return `${select} ORDER BY ${input.order ?? totalOrderSql([], input)}`;
}

/** Columns of the input in its order with those that the function returns in their places, then the new ones. */
function resultColumns(
  settings: Settings,
  input: InputRelation,
  context: BuildContext,
): readonly ResultColumn[] | undefined {
  const [twice] = duplicateNames(Object.keys(settings.columns));
  if (twice !== undefined) {
    context.report('columnTwice', { step: context.step, column: twice }, ['columns']);
    return undefined;
  }
  const returned = Object.entries(settings.columns).map(([name, declared]) => returnedField(name, declared));
  const kept = chosenFields(settings.keep, 'keep', input, context);
  if (kept === undefined) return undefined;
  const columns: ResultColumn[] = [];
  for (const field of input.fields) {
    const replacing = returned.find(({ name }) => isSameName(name, field.name));
    if (replacing !== undefined) columns.push({ field: replacing, copied: undefined });
    else if (kept.has(field)) columns.push({ field, copied: field });
  }
  const isPlaced = ({ name }: Field) => columns.some(({ field }) => field.name === name);
  const added = returned.filter((field) => !isPlaced(field)).map((field) => ({ field, copied: undefined }));
  if (returned.length > 0) return [...columns, ...added];
  context.report('stepColumnsEmpty', { step: context.step, key: 'columns' }, ['columns']);
  return undefined;
}

function returnedField(name: string, declared: Settings['columns'][string]): Field {
  const { type: text, nullable } =
    typeof declared === 'string' ? { type: declared, nullable: true } : declared;
  const type = parseLogicalType(text);
  if (type === undefined) throw new RangeError(`The document was not checked: ${text} is no type.`);
  return { name, type, nullable };
}

/** The fields of the input that globs choose; all of them when nothing is said. */
function chosenFields(
  globs: readonly string[] | undefined,
  key: 'reads' | 'keep',
  input: InputRelation,
  context: BuildContext,
): ReadonlySet<Field> | undefined {
  return globs === undefined ? new Set(input.fields) : matchingFields(globs, [key], input, context);
}

function resultKey(
  names: readonly string[],
  result: readonly ResultColumn[],
  context: BuildContext,
): readonly string[] | undefined {
  const relation = { ref: context.step, fields: result.map(({ field }) => field), key: [] };
  const fields = names.map((name, index) => context.column(name, ['key', index], relation));
  return fields.every((field) => field !== undefined) ? fields.map(({ name }) => name) : undefined;
}

function limitsOf({ limits }: Settings, context: BuildContext): PlannedCode['limits'] | undefined {
  const memoryBytes = sizeOf(limits?.memory ?? DEFAULT_MEMORY);
  const timeoutMs = Number((parseDuration(limits?.timeout ?? DEFAULT_TIMEOUT) ?? 0n) / 1000n);
  if (memoryBytes < sizeOf(LEAST_MEMORY))
    context.report('valueInvalid', { key: 'memory', reason: `must be at least ${LEAST_MEMORY}` }, [
      'limits',
      'memory',
    ]);
  if (timeoutMs < 1)
    context.report('valueInvalid', { key: 'timeout', reason: 'must be at least 1ms' }, ['limits', 'timeout']);
  return memoryBytes < sizeOf(LEAST_MEMORY) || timeoutMs < 1 ? undefined : { memoryBytes, timeoutMs };
}

function sizeOf(text: string): number {
  return parseSize(text) ?? 0;
}
