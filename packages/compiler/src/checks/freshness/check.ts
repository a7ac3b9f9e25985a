import { parseDuration } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, subjectOf } from '../check-sql.ts';
import { columnOfKind } from '../column-kinds.ts';

export const freshness = defineCheckCompiler({
  name: 'freshness',
  async compile({ column, within }, context) {
    const field = columnOfKind(column, ['date', 'timestamp'], 'a date or a timestamp', context, 'freshness');
    const duration = parseDuration(within);
    if (field === undefined || duration === undefined) return undefined;
    const name = columnSql(field.name);
    return (measures) => ({
      columns: [field.name],
      expected: `newest value within ${within}`,
      reads: 'state',
      rule: {
        kind: 'freshness',
        subject: subjectOf(context.relation.ref, [field.name]),
        newest: measures.aggregate(`epoch_us(max(${name}) FILTER (WHERE isfinite(${name})))`, 'state'),
        within: String(duration),
      },
    });
  },
});
