import type { ParameterType } from '../document/parameters.ts';

/**
 * A value as a literal in SQL. Its parentheses keep it one value whatever stands beside it: `1 -(-5)` is no comment, and a
 * prefix such as E does not reach its quotes.
 */
export function parameterLiteral(type: ParameterType, text: string): string {
  switch (type) {
    case 'integer':
    case 'number':
      return `(${text})`;
    case 'boolean':
      return `(${text.toUpperCase()})`;
    case 'string':
      return `(${quoted(text)})`;
    case 'date':
      return `(DATE ${quoted(text)})`;
    case 'timestamp':
      return `(TIMESTAMP ${quoted(text)})`;
    case 'timestamptz':
      return `(TIMESTAMPTZ ${quoted(text)})`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
