import { PipelineError, type PublishRequest, type StagedFile } from '@millrace/connector-sdk';
import { type Field, formatTableName } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import { destinationRejects } from '../types.ts';

/**
 * PostgreSQL names neither the column nor the row of some values that it refuses; the staged file knows both. Returns
 * the error to throw: the given one with the place added where it can be found.
 */
export async function locateRejectedValue(
  publication: { readonly request: PublishRequest; readonly subject: string; readonly signal: AbortSignal },
  fields: readonly Field[],
  file: StagedFile,
  error: PipelineError,
): Promise<PipelineError> {
  const { request, subject, signal } = publication;
  const suspects = fields.flatMap((field) => {
    const predicate = destinationRejects(field.type);
    return predicate === undefined
      ? []
      : [{ field, predicate: predicate.replaceAll('{column}', columnOf(field.name)) }];
  });
  if (error.code !== 'valueUnrepresentable' || suspects.length === 0) return error;
  const keys = request.key.filter((name) => fields.some((field) => field.name === name));
  const select = [
    ...suspects.map(({ predicate }) => `coalesce(${predicate}, false)::VARCHAR`),
    ...keys.map((name) => `${columnOf(name)}::VARCHAR`),
  ];
  for await (const rows of request.reader.values(file, select, signal)) {
    for (const row of rows) {
      const found = suspects[row.slice(0, suspects.length).indexOf('true')];
      if (found === undefined) continue;
      const key = keys.map((name, index) => `${name} = ${String(row[suspects.length + index])}`).join(', ');
      return new PipelineError({
        code: 'valueUnrepresentable',
        blame: error.blame,
        retry: 'never',
        message: `${subject} failed: the column ${found.field.name} of ${formatTableName(request.table)} cannot keep a value${key === '' ? '' : ` of the row with ${key}`}. ${error.message}`,
        cause: error,
      });
    }
  }
  return error;
}

function columnOf(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}
