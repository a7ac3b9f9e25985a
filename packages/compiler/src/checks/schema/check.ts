import { formatLogicalType, parseLogicalType } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { schemaDifferences } from './schema-differences.ts';

export const schema = defineCheckCompiler({
  name: 'schema',
  async compile({ columns, others }, context) {
    const expected = Object.entries(columns).map(([name, text]) => {
      const type = parseLogicalType(text);
      return { name, type: type === undefined ? null : formatLogicalType(type) };
    });
    const { ref, fields } = context.relation;
    const differences = schemaDifferences(expected, others === 'refuse', fields);
    if (differences.length > 0) context.report('checkSchemaDiffers', { step: ref, differences }, ['columns']);
    return () => ({
      columns: expected.map(({ name }) => name),
      expected: expected.map(({ name, type }) => (type === null ? name : `${name} ${type}`)).join(', '),
      reads: 'rows',
      rule: { kind: 'schema', columns: expected, refusesOthers: others === 'refuse' },
    });
  },
});
