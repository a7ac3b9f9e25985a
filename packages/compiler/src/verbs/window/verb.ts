import type { LineageUse } from '../../plan.ts';
import { addColumns } from '../../transform/add-columns.ts';
import { keptKey, partitionColumn } from '../../transform/columns.ts';
import { isSqlProblem, type ParsedExpression, type SqlProblem } from '../../sql/sql-analyser.ts';
import { namedFields } from '../../transform/input-columns.ts';
import {
  orderSql,
  orderTerms,
  orderUses,
  totalOrderSql,
  windowSql,
  type OrderTerm,
} from '../../transform/order-terms.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type Expression,
  type InputRelation,
} from '../../transform/transform-verb.ts';
import { dependenceOnOrder, parseFrame, type Frame } from './window-spec.ts';

export const window = defineTransformVerb({
  name: 'window',
  async build({ window: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const groups = namedFields(settings.partition ?? [], ['partition'], input, context);
    const terms = await orderTerms(settings.order ?? [], ['order'], input, context);
    const frame = settings.frame === undefined ? undefined : frameOf(settings.frame, terms ?? [], context);
    if (groups === undefined || terms === undefined || frame === 'wrong') return undefined;
    const window: Window = { groups: groups.map(({ name }) => name), terms, frame };
    const made = await Promise.all(
      Object.entries(settings.columns).map(async ([name, text]) => ({
        name,
        expression: await windowed(text, name, window, input, context),
      })),
    );
    const result = addColumns(input, made);
    if (result === undefined) return undefined;
    const uses: readonly LineageUse[] = [
      ...window.groups.map((column) => ({ ref: input.ref, column, how: 'grouped' as const })),
      ...orderUses(terms, input, window.groups),
    ];
    return [
      {
        ...result,
        uses,
        key: keptKey(input, result.columns),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality:
          window.groups.length === 0
            ? { kind: 'whole', reason: 'all rows are one group' }
            : {
                kind: 'partitioned',
                by: { [input.alias]: window.groups.map(partitionColumn) },
                linearIn: [],
              },
      },
    ];
  },
});

interface Window {
  readonly groups: readonly string[];
  readonly terms: readonly OrderTerm[];
  readonly frame: Frame | undefined;
}

function frameOf(text: string, terms: readonly OrderTerm[], context: BuildContext): Frame | 'wrong' {
  const frame = parseFrame(text);
  const reason =
    frame === undefined
      ? 'is no frame; write rows, range or groups and one or two bounds, like: rows between 6 preceding and current row'
      : terms.length === 0
        ? 'needs an order: add what the rows are ordered by'
        : frame.isByDistance && terms.length > 1
          ? 'counts by distance, which needs an order by one thing only'
          : undefined;
  if (frame !== undefined && reason === undefined) return frame;
  context.report('valueInvalid', { key: 'frame', reason: reason ?? '' }, ['frame']);
  return 'wrong';
}

async function windowed(
  text: string,
  name: string,
  { groups, terms, frame }: Window,
  input: InputRelation,
  context: BuildContext,
): Promise<Expression | undefined> {
  const path = ['columns', name];
  const [alone, last] = await Promise.all([
    context.sql.parseExpression(text),
    context.sql.parseExpression(`${text}\nOVER ()`),
  ]);
  const forbidden = forbiddenPart(text, alone, last);
  if (forbidden !== undefined) {
    context.report('sqlNotHere', { step: context.step, what: forbidden }, path);
    return undefined;
  }
  if (!isSqlProblem(alone) && isSqlProblem(last) && last.kind === 'syntax') {
    context.report('windowCallNotLast', { column: name }, path);
    return undefined;
  }
  const over = (order: string) => windowSql(groups, order, frame?.sql);
  const parsed = await context.expression(text, path, [input], {
    allows: ['window'],
    over: over(orderSql(terms)),
  });
  if (parsed === undefined) return undefined;
  const dependence = dependenceOnOrder(parsed.parsed.functions, frame);
  if (dependence !== 'none' && terms.length === 0) {
    context.report('orderMissing', { step: context.step, what: `'${name}'`, key: 'order' }, path);
    return undefined;
  }
  if (dependence !== 'rows' || terms.length === 0) return parsed;
  if (frame?.isByDistance !== true)
    return context.expression(text, path, [input], {
      allows: ['window'],
      over: over(totalOrderSql(terms, input, groups)),
    });
  const reason = `counts by distance, which leaves open the row that '${name}' takes; count by rows`;
  context.report('valueInvalid', { key: 'frame', reason }, ['frame']);
  return undefined;
}

function forbiddenPart(
  text: string,
  alone: ParsedExpression | SqlProblem,
  last: ParsedExpression | SqlProblem,
): string | undefined {
  // Some calls, as lag(x IGNORE NULLS), are only read with a window behind them.
  const hasWindow = isSqlProblem(alone) ? /\bover\b/iu.test(text) : alone.isWindow;
  if (hasWindow) return 'OVER: its window is what the step says. Make a window step for each window';
  return !isSqlProblem(last) && last.isAggregate
    ? 'an aggregate beside its last call. Make a column of each, and combine them in a derive step after'
    : undefined;
}
