import type { DocumentPath, LogicalType } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { hasOffset } from '../sql/convert-value.ts';
import { isSqlProblem } from '../sql/sql-analyser.ts';
import type { BuildContext } from './transform-verb.ts';

/** Whether texts are formats of strptime that give a type; what is wrong is reported. */
export async function areFormats(
  formats: readonly string[],
  to: LogicalType,
  path: DocumentPath,
  context: BuildContext,
): Promise<boolean> {
  const answers = await Promise.all(
    formats.map(async (format) =>
      context.sql.describe({
        relations: [],
        sql: `SELECT try_strptime('', ${quoteText(duckdbDialect, format)}) AS moment`,
      }),
    ),
  );
  let isSound = true;
  for (const [index, answer] of answers.entries()) {
    const format = formats[index] ?? '';
    const reason = isSqlProblem(answer)
      ? `is no form of a date: ${answer.message}`
      : hasOffset(format) && !(to.kind === 'timestamp' && to.timezone)
        ? 'reads an offset, which only timestamptz keeps'
        : undefined;
    if (reason === undefined) continue;
    isSound = false;
    context.report('valueInvalid', { key: format, reason }, [...path, index]);
  }
  return isSound;
}
