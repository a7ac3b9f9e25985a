import type { DocumentPath, Field } from '@millrace/spec';

import type { LineageUse, PlannedStepColumn } from '../../plan.ts';
import { copyColumn, partitionColumn, quote, usesOf } from '../../transform/columns.ts';
import { equalColumns, isSurelyComparable, type EqualColumns } from '../../transform/equal-columns.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type Expression,
  type InputRelation,
  type OutputQuery,
  type Relation,
  type StepOf,
} from '../../transform/transform-verb.ts';

type Settings = StepOf<'join'>['join'];
type Part = Pick<Settings, 'right' | 'type' | 'on' | 'asof' | 'where' | 'columnsRight' | 'prefixRight'>;
type JoinType = NonNullable<Part['type']>;

const KEYWORDS: Readonly<Record<JoinType, string>> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
  asof: 'ASOF LEFT JOIN',
};

/** Inputs in which the join is rowwise while the other side stands still. */
const LINEAR_IN: Readonly<Record<JoinType, { readonly left: boolean; readonly right: boolean }>> = {
  inner: { left: true, right: true },
  left: { left: true, right: false },
  right: { left: false, right: true },
  full: { left: false, right: false },
  semi: { left: true, right: false },
  anti: { left: true, right: false },
  asof: { left: true, right: false },
};

/** Each part is a join of its own with the result so far, so that each is computed from changes in its own way. */
export const join = defineTransformVerb({
  name: 'join',
  async build({ join: settings }, context) {
    const [first, ...rights] = context.inputs;
    if (first === undefined) return undefined;
    const parts: readonly { settings: Part; path: DocumentPath }[] = [
      { settings, path: [] },
      ...(settings.and ?? []).map((part, index) => ({ settings: part, path: ['and', index] })),
    ];
    const outputs: OutputQuery[] = [];
    let left = first;
    for (const [index, part] of parts.entries()) {
      const right = rights[index];
      if (right === undefined) return undefined;
      const isLast = index === parts.length - 1;
      const made = await joinTwo(left, right, part.settings, part.path, context);
      if (made === undefined) return undefined;
      const output = `~${index + 1}`;
      outputs.push(isLast ? made.query : { ...made.query, output });
      left = {
        ref: `${context.step}.${output}`,
        alias: context.step,
        fields: made.fields,
        key: made.query.key,
      };
    }
    return outputs;
  },
});

async function joinTwo(
  left: InputRelation,
  right: InputRelation,
  settings: Part,
  path: DocumentPath,
  context: BuildContext,
): Promise<{ readonly query: OutputQuery; readonly fields: readonly Field[] } | undefined> {
  const type = settings.type ?? 'inner';
  const pairs = equalColumns(left, right, settings.on, [...path, 'on'], context);
  const further = await conditions(left, right, settings, type, path, context);
  if (pairs === undefined || further === undefined) return undefined;
  const taken =
    type === 'semi' || type === 'anti' ? [] : rightColumns(left, right, settings, type, pairs, path, context);
  if (taken === undefined) return undefined;
  const leftNullable = type === 'right' || type === 'full';
  const rightNullable = type === 'left' || type === 'full' || type === 'asof';
  const columns: PlannedStepColumn[] = [];
  const list: string[] = [];
  const [leftAlias, rightAlias] = [quote(left.alias), quote(right.alias)];
  for (const field of left.fields) {
    columns.push(copyColumn(left, withNulls(field, leftNullable)));
    list.push(`${leftAlias}.${quote(field.name)}`);
  }
  for (const { field, name } of taken) {
    columns.push(copyColumn(right, withNulls(field, rightNullable), name));
    const from = `${rightAlias}.${quote(field.name)}`;
    list.push(field.name === name ? from : `${from} AS ${quote(name)}`);
  }
  const fields = columns.map(({ field }) => field);
  const on: string[] = [];
  const uses: LineageUse[] = [];
  for (const pair of pairs) {
    on.push(`${leftAlias}.${quote(pair.left.name)} = ${rightAlias}.${quote(pair.right.name)}`);
    uses.push(
      { ref: left.ref, column: pair.left.name, how: 'joined' },
      { ref: right.ref, column: pair.right.name, how: 'joined' },
    );
  }
  for (const expression of further) {
    on.push(expression.sql);
    uses.push(...usesOf(expression, 'joined'));
  }
  const linear = LINEAR_IN[type];
  const query: OutputQuery = {
    inputs: [
      { alias: left.alias, ref: left.ref },
      { alias: right.alias, ref: right.ref },
    ],
    sql: `SELECT ${list.join(', ')} FROM ${leftAlias} ${KEYWORDS[type]} ${rightAlias} ON ${on.join(' AND ')}`,
    columns,
    result: type !== 'asof' && pairs.every(isSurelyComparable) ? fields : undefined,
    uses,
    key: joinedKey(left, right, type, pairs, taken),
    ...joinedRows(left, right, type, pairs),
    incrementality: {
      kind: 'partitioned',
      by: {
        [left.alias]: pairs.map((pair) => partitionColumn(pair.left.name)),
        [right.alias]: pairs.map((pair) => partitionColumn(pair.right.name)),
      },
      linearIn: [...(linear.left ? [left.alias] : []), ...(linear.right ? [right.alias] : [])],
    },
  };
  return { query, fields };
}

async function conditions(
  left: InputRelation,
  right: InputRelation,
  { asof, where }: Part,
  type: JoinType,
  path: DocumentPath,
  context: BuildContext,
): Promise<readonly Expression[] | undefined> {
  if ((type === 'asof') !== (asof !== undefined)) {
    const reason =
      type === 'asof'
        ? 'is missing: an asof join needs the inequality by which the nearest row is found'
        : 'is for joins of type asof only';
    context.report('valueInvalid', { key: 'asof', reason }, [...path, 'asof']);
    return undefined;
  }
  if (type === 'asof' && where !== undefined) {
    context.report(
      'valueInvalid',
      { key: 'where', reason: 'cannot be used in an asof join; filter the right side before' },
      [...path, 'where'],
    );
    return undefined;
  }
  const further: Expression[] = [];
  if (asof === undefined && where === undefined) return further;
  for (const [key, text] of [['asof', asof] as const, ['where', where] as const]) {
    if (text === undefined) continue;
    const expression = await context.expression(text, [...path, key], [left, right], { isCondition: true });
    if (expression === undefined) return undefined;
    further.push(expression);
  }
  return further;
}

interface Taken {
  readonly field: Field;
  readonly name: string;
}

/** Columns of the right side under their new names; undefined when a name would stand twice, which is reported. */
function rightColumns(
  left: InputRelation,
  right: InputRelation,
  { columnsRight, prefixRight = '' }: Part,
  type: JoinType,
  pairs: readonly EqualColumns[],
  path: DocumentPath,
  context: BuildContext,
): readonly Taken[] | undefined {
  const isRepeated = (field: Field) =>
    (type === 'inner' || type === 'left') && pairs.some((pair) => pair.right.name === field.name);
  const fields =
    columnsRight === undefined
      ? right.fields.filter((field) => !isRepeated(field))
      : columnsRight.map((name, index) => context.column(name, [...path, 'columnsRight', index], right));
  const taken: Taken[] = [];
  const names = new Set(left.fields.map(({ name }) => name.toLowerCase()));
  let isSound = true;
  for (const field of fields) {
    if (field === undefined) {
      isSound = false;
      continue;
    }
    const name = `${prefixRight}${field.name}`;
    if (!names.has(name.toLowerCase())) {
      taken.push({ field, name });
      names.add(name.toLowerCase());
    } else {
      isSound = false;
      const at = [...path, 'prefixRight'];
      const fixes = [
        { kind: 'setField', path: context.at(at), value: `${right.ref.replace('.', '_')}_` } as const,
      ];
      context.report(
        'joinNamesClash',
        { step: context.step, column: name, left: left.ref, right: right.ref },
        at,
        fixes,
      );
    }
  }
  return isSound ? taken : undefined;
}

function withNulls(field: Field, isNullable: boolean): Field {
  return isNullable && !field.nullable ? { ...field, nullable: true } : field;
}

/** What becomes of the number of rows, where each row of the left finds one row at most. */
function joinedRows(
  left: InputRelation,
  right: Relation,
  type: JoinType,
  pairs: readonly EqualColumns[],
): Pick<OutputQuery, 'rows'> {
  const of = [left.alias];
  if (type === 'semi' || type === 'anti') return { rows: { keeps: 'some', of } };
  if (type === 'asof' || (type === 'left' && isUnique(right, pairs))) return { rows: { keeps: 'each', of } };
  return type === 'inner' && isUnique(right, pairs) ? { rows: { keeps: 'some', of } } : {};
}

/** Whether each match of the pairs is one row of the right at most. */
function isUnique(right: Relation, pairs: readonly EqualColumns[]): boolean {
  return (
    right.key.length > 0 && right.key.every((column) => pairs.some((pair) => pair.right.name === column))
  );
}

/**
 * A row of the left stays one row where the right side has at most one row for each match; else a pair of rows is known
 * by both keys, as long as there is always a right one.
 */
function joinedKey(
  left: InputRelation,
  right: Relation,
  type: JoinType,
  pairs: readonly EqualColumns[],
  taken: readonly Taken[],
): readonly string[] {
  if (type === 'semi' || type === 'anti' || type === 'asof') return left.key;
  if ((type === 'inner' || type === 'left') && isUnique(right, pairs)) return left.key;
  if (type !== 'inner' || left.key.length === 0 || right.key.length === 0) return [];
  // What equals a column of the left is in the result under that name.
  const kept = right.key.map((column) => {
    const pair = pairs.find((candidate) => candidate.right.name === column);
    return pair?.left.name ?? taken.find(({ field }) => field.name === column)?.name;
  });
  return kept.every((name) => name !== undefined) ? [...new Set([...left.key, ...kept])] : [];
}
