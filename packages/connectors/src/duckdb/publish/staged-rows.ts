import { PipelineError, type PublishRequest, type StagedFile } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import { nativeType, reportedType } from '../types.ts';
import { identifier } from '../warehouse/names.ts';
import { parquetFiles } from '../warehouse/parquet-view.ts';
import type { Session } from '../warehouse/session.ts';

/**
 * Counts the rows of the staged files and compares count and types with what the manifest and the request say, so that
 * no cast and no loss can hide behind a view. Reads only the files' footers.
 */
export async function inspectStaged(
  session: Session,
  request: PublishRequest,
  files: readonly StagedFile[],
  signal: AbortSignal,
): Promise<number> {
  if (files.length === 0) return 0;
  const rows = parquetFiles(files.map(({ path }) => path));
  const columns = request.fields.map(({ name }) => `s.${identifier(name)}`).join(', ');
  const result = await session.run(
    `SELECT c.n, ${columns} FROM (SELECT CAST(count(*) AS VARCHAR) AS n FROM ${rows}) c LEFT JOIN (FROM ${rows} LIMIT 0) s ON true`,
    signal,
  );
  for (const [index, field] of request.fields.entries()) {
    const type = result.columnType(index + 1);
    const found = type.alias === 'JSON' ? 'VARCHAR' : reportedType(type.toString());
    if (found === nativeType(field.type)) continue;
    throw new PipelineError({
      code: 'internal',
      blame: 'platform',
      retry: 'never',
      message: `${formatTableName(request.table)}.${field.name} was staged as ${found}, but its type is stored as ${nativeType(field.type)}. Nothing was published; this is a defect of the staging.`,
    });
  }
  const [first] = await result.getRowsJson();
  const counted = Number(first?.[0]);
  requireRows(
    request,
    files.reduce((sum, file) => sum + file.rows, 0),
    counted,
    'The staged files hold',
  );
  return counted;
}

/** Throws `rowCountMismatch` unless `found` rows are `expected` rows. */
export function requireRows(request: PublishRequest, expected: number, found: number, what: string): void {
  if (found === expected) return;
  throw new PipelineError({
    code: 'rowCountMismatch',
    blame: 'platform',
    retry: 'backoff',
    message: `${formatTableName(request.table)}: ${what} ${found} rows, but ${expected} were expected. Nothing was published.`,
  });
}
