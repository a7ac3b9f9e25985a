import type { Field } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import type { CheckMeasures } from '../check-measures.ts';
import type { MeasuredValue } from '../check-plan.ts';
import { columnSql, subjectOf } from '../check-sql.ts';
import { columnOfKind, NUMBERS } from '../column-kinds.ts';
import { decimalText } from '../literal.ts';
import { DEFAULT_OVER } from '../volume/check.ts';
import { asPercent } from '../words.ts';

type Measure = 'nullShare' | 'distinctShare' | 'mean' | 'quantile';

interface Wanted {
  readonly measure: Measure;
  readonly quantile: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export const distribution = defineCheckCompiler({
  name: 'distribution',
  async compile(settings, context) {
    const { measure, min, max, maxChange, quantile = 0.5, over = DEFAULT_OVER } = settings;
    if (min !== undefined && max !== undefined && min > max) {
      context.report('checkNeverPasses', { check: 'distribution', reason: `${min} is more than ${max}` }, [
        'min',
      ]);
      return undefined;
    }
    const isShare = measure === 'nullShare' || measure === 'distinctShare';
    const field = isShare
      ? context.column(settings.column, ['column'])
      : columnOfKind(settings.column, NUMBERS, 'a number', context, 'distribution');
    if (field === undefined) return undefined;
    const isFloat = field.type.kind === 'float';
    const shown = (value: number): string => (isShare ? asPercent(value) : String(value));
    const words = [
      ...(min === undefined ? [] : [`at least ${shown(min)}`]),
      ...(max === undefined ? [] : [`at most ${shown(max)}`]),
      ...(maxChange === undefined
        ? []
        : [
            isShare ? `within ${maxChange * 100} points of usual` : `within ${asPercent(maxChange)} of usual`,
          ]),
    ];
    const name = measure === 'quantile' ? `quantile ${quantile}` : LABELS[measure];
    return (measures) => ({
      columns: [field.name],
      label: `${field.name}, ${measure === 'quantile' ? name : measure}`,
      expected: `${name} ${words.join(' and ')}`,
      reads: 'state',
      rule: {
        kind: 'distribution',
        subject: `the ${name} of ${subjectOf(context.relation.ref, [field.name])}`,
        value: measureValue(field, isFloat, { measure, quantile, min, max }, measures),
        min: min ?? null,
        max: max ?? null,
        maxChange: maxChange ?? null,
        over,
      },
    });
  },
});

const LABELS = {
  nullShare: 'share of NULL',
  distinctShare: 'share of different values',
  mean: 'mean',
} as const;

function measureValue(
  field: Field,
  isFloat: boolean,
  { measure, quantile, min, max }: Wanted,
  measures: CheckMeasures,
): MeasuredValue {
  const column = columnSql(field.name);
  const finite = isFloat ? ` FILTER (WHERE isfinite(${column}))` : '';
  const aggregate = (sql: string): string => measures.aggregate(sql, 'state');
  switch (measure) {
    case 'nullShare': {
      const part = aggregate(`count(*) - count(${column})`);
      return { kind: 'share', part, whole: measures.rows('state') };
    }
    case 'distinctShare': {
      const group = measures.group([field]);
      return { kind: 'share', part: group.values, whole: group.rows };
    }
    case 'mean':
      return { kind: 'number', value: aggregate(`avg(CAST(${column} AS DOUBLE))${finite}`) };
    case 'quantile': {
      const isFinite = isFloat ? `isfinite(${column}) AND ` : '';
      const counted = (operator: string, bound: number | undefined): string | null =>
        bound === undefined
          ? null
          : measures.count(`${isFinite}${column} ${operator} ${numberSql(bound, isFloat)}`, 'state');
      return {
        kind: 'quantile',
        quantile,
        value: aggregate(`approx_quantile(${column}, ${quantile})${finite}`),
        count: aggregate(isFloat ? `count(*) FILTER (WHERE isfinite(${column}))` : `count(${column})`),
        belowMin: counted('<', min),
        upToMax: counted('<=', max),
      };
    }
  }
}

function numberSql(value: number, isFloat: boolean): string {
  const text = decimalText(value) ?? '0';
  return isFloat || text.replace(/\D/g, '').length > 38 ? `CAST('${text}' AS DOUBLE)` : text;
}
