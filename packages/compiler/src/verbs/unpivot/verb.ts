import { duckdbType, duckdbDialect, quoteText } from '@millrace/sql';
import { widenLogicalType, type LogicalType } from '@millrace/spec';

import type { StepColumn } from '../../plan.ts';
import { copyColumn, duplicateNames, keptKey, quote } from '../../transform/columns.ts';
import { matchingFields } from '../../transform/input-columns.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const unpivot = defineTransformVerb({
  name: 'unpivot',
  async build({ unpivot: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const { columns: globs, names = 'name', values = 'value', keepNulls = false } = settings;
    const turned = matchingFields(globs, ['columns'], input, context);
    if (turned === undefined) return undefined;
    const [first] = turned;
    if (first === undefined) {
      context.report('stepColumnsEmpty', { step: context.step, key: 'columns' }, ['columns']);
      return undefined;
    }
    const type = [...turned].reduce<LogicalType | undefined>(
      (common, field) => common && widenLogicalType(common, field.type),
      first.type,
    );
    if (type === undefined) {
      const types = [...turned].map((field) => `${field.name}: ${duckdbType(field.type)}`);
      context.report('typesDiffer', { step: context.step, column: values, types }, ['columns']);
      return undefined;
    }
    const kept = input.fields.filter((field) => !turned.has(field));
    const [twice] = duplicateNames([...kept.map(({ name }) => name), names, values]);
    if (twice !== undefined) {
      const at = twice.toLowerCase() === names.toLowerCase() ? 'names' : 'values';
      context.report('columnTwice', { step: context.step, column: twice }, [at]);
      return undefined;
    }
    const columns: readonly StepColumn[] = [
      ...kept.map((field) => copyColumn(input, field)),
      { name: names, from: [], nullable: false },
      {
        name: values,
        from: [...turned].map((field) => ({ ref: input.ref, column: field.name, how: 'transformed' })),
        nullable: keepNulls && [...turned].some(({ nullable }) => nullable),
      },
    ];
    const texts = [...turned].map(({ name }) => quoteText(duckdbDialect, name)).join(', ');
    const casts = [...turned].map(({ name }) => `CAST(${quote(name)} AS ${duckdbType(type)})`).join(', ');
    const list = [
      ...kept.map(({ name }) => quote(name)),
      `unnest([${texts}]) AS ${quote(names)}`,
      `unnest([${casts}]) AS ${quote(values)}`,
    ].join(', ');
    const rows = `SELECT ${list} FROM ${quote(input.alias)}`;
    const key = keptKey(input, columns);
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: keepNulls ? rows : `SELECT * FROM (${rows}) AS "rows" WHERE ${quote(values)} IS NOT NULL`,
        columns,
        uses: keepNulls
          ? []
          : [...turned].map(({ name }) => ({ ref: input.ref, column: name, how: 'filtered' as const })),
        key: key.length === 0 ? [] : [...key, names],
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});
