import { duckdbDialect, quoteText } from '@millrace/sql';

import { copyColumns, quote } from '../../transform/columns.ts';
import { namedFields } from '../../transform/input-columns.ts';
import { totalOrderSql } from '../../transform/order-terms.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const sample = defineTransformVerb({
  name: 'sample',
  async build({ sample: { share, rows, by, seed } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    if ((share === undefined) === (rows === undefined)) {
      const reason =
        share === undefined ? 'is missing: say share or rows' : 'cannot stand beside rows; choose one';
      context.report('valueInvalid', { key: 'share', reason }, ['share']);
      return undefined;
    }
    const chosen = by === undefined ? undefined : namedFields(by, ['by'], input, context);
    if (by !== undefined && chosen === undefined) return undefined;
    const identity = input.key.length > 0 ? input.key : input.fields.map(({ name }) => name);
    const columns = chosen?.map(({ name }) => name) ?? identity;
    const hash = stableHash(columns, seed === undefined ? '' : String(seed));
    const from = `SELECT * FROM ${quote(input.alias)}`;
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql:
          share === undefined
            ? `${from} ORDER BY ${hash}, ${totalOrderSql([], input)} LIMIT ${rows}`
            : `${from} WHERE ${hash} < ${threshold(share)}`,
        columns: copyColumns(input),
        uses: columns.map((column) => ({ ref: input.ref, column, how: 'filtered' })),
        key: input.key,
        rows: { keeps: 'some', of: [input.alias] },
        incrementality:
          share === undefined
            ? { kind: 'whole', reason: 'a row that comes or goes can move another one in or out' }
            : { kind: 'rowwise' },
      },
    ];
  },
});

/**
 * 64 bits that depend on the values as text and on nothing else: not on the type, the version of DuckDB or the order of rows.
 * Each value is written with its length, so that no two lists of values read alike.
 */
function stableHash(columns: readonly string[], seed: string): string {
  const parts = columns.map((column) => {
    const text = `CAST(${quote(column)} AS VARCHAR)`;
    return `coalesce(length(${text}) || ':' || ${text}, '-')`;
  });
  return `md5_number_lower(${[quoteText(duckdbDialect, `${seed}:`), ...parts].join(' || ')})`;
}

/** The share of 2^64, exact for every number that JavaScript has. */
function threshold(share: number): bigint {
  return BigInt(Math.ceil(share * 2 ** 53)) * 2n ** 11n;
}
