import type { DiscoverRequest } from '@millrace/connector-sdk';
import { mysqlDialect, quoteText } from '@millrace/sql';

const SYSTEM_SCHEMAS = ['mysql', 'information_schema', 'performance_schema', 'sys'];

/** Patterns without a dot mean tables of the connection's database, or of any when it has none. */
export function qualifyPatterns(request: DiscoverRequest, database: string | undefined): DiscoverRequest {
  const qualify = (pattern: string): string =>
    pattern.includes('.') ? pattern : `${database ?? '*'}.${pattern}`;
  return { include: request.include.map(qualify), exclude: request.exclude.map(qualify) };
}

/**
 * A condition on the two columns of information_schema that keeps everything the patterns can match. A single exact
 * name is compared by equality, which makes the server open that table alone.
 */
export function schemaCondition(include: readonly string[], database: string | undefined): string {
  const [only = ''] = include;
  const [onlySchema, onlyName, ...more] = only.split('.');
  if (
    include.length === 1 &&
    !only.includes('*') &&
    onlySchema !== undefined &&
    onlyName !== undefined &&
    more.length === 0
  ) {
    return `TABLE_SCHEMA = ${quoteText(mysqlDialect, onlySchema)} AND TABLE_NAME = ${quoteText(mysqlDialect, onlyName)}`;
  }
  const system = SYSTEM_SCHEMAS.map((name) => quoteText(mysqlDialect, name)).join(', ');
  const schemas = include.length === 0 ? [database] : include.map(literalSchema);
  if (schemas.some((schema) => schema === undefined)) return `TABLE_SCHEMA NOT IN (${system})`;
  const wanted = [...new Set(schemas)].map((name) => quoteText(mysqlDialect, name ?? '')).join(', ');
  return `TABLE_SCHEMA IN (${wanted}) AND TABLE_SCHEMA NOT IN (${system})`;
}

/** A dot may be part of either name, so only a pattern with one dot tells its schema. */
function literalSchema(pattern: string): string | undefined {
  const parts = pattern.split('.');
  const [schema = ''] = parts;
  return parts.length === 2 && !schema.includes('*') ? schema : undefined;
}
