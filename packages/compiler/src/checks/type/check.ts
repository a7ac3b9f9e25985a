import { formatLogicalType, parseLogicalType } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';
import { lossyConversion } from '../../sql/lossy-conversion.ts';

export const type = defineCheckCompiler({
  name: 'type',
  async compile({ column, is }, context) {
    const { relation } = context;
    const field = context.column(column, ['column']);
    const wanted = parseLogicalType(is);
    if (field === undefined || wanted === undefined) return undefined;
    const subject = subjectOf(relation.ref, [field.name]);
    const failing = lossyConversion(columnSql(field.name), field.type, wanted);
    const to = formatLogicalType(wanted);
    if (failing === undefined) {
      context.report('checkConversionUnknown', { column: subject, type: formatLogicalType(field.type), to }, [
        'is',
      ]);
      return undefined;
    }
    return (measures) => ({
      columns: [field.name],
      label: `${field.name}, ${to}`,
      expected: `can be read as ${to}`,
      reads: 'rows',
      failing,
      examples: examplesOf(relation, [field.name], failing),
      rule: {
        kind: 'failing',
        subject,
        fault: `cannot be read as ${to}`,
        failing: measures.count(failing, 'rows'),
        rows: measures.rows('rows'),
        byColumn: [],
      },
    });
  },
});
