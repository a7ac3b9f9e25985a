import { PipelineError } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { RejectPredicate } from './row-sieve.ts';

export interface ParquetCasts {
  /** The select list that gives the fields as c0, c1, … */
  readonly values: string;
  /** True of rows with a value that its field's type cannot hold. */
  readonly lost: readonly RejectPredicate[];
  /** The fields as the file has them. */
  readonly cells: readonly string[];
}

/** How the fields are read from a Parquet file that has each under a name; one without a name is NULL. Throws `columnMissing`. */
export function castParquet(
  path: string,
  fields: readonly SourceField[],
  types: ReadonlyMap<string, string>,
  nameOf: (field: SourceField) => string | undefined,
): ParquetCasts {
  const casts = fields.map((field) => {
    const column = nameOf(field);
    if (column === undefined) return { cell: 'NULL', value: 'NULL', lost: [] };
    const cell = quoteIdentifier(duckdbDialect, column);
    const found = types.get(column);
    if (found === undefined) throw missingColumn(path, column);
    const wanted = duckdbType(field.type);
    if (found === wanted) return { cell, value: cell, lost: [] };
    const value = `TRY_CAST(${cell} AS ${wanted})`;
    const predicate = `(${cell} IS NOT NULL AND TRY_CAST(${value} AS ${found}) IS DISTINCT FROM ${cell})`;
    return {
      cell,
      value,
      lost: [{ column: field.name, predicate, reason: `the value does not fit ${wanted}` }],
    };
  });
  return {
    values: casts.map(({ value }, index) => `${value} AS c${index}`).join(', '),
    lost: casts.flatMap(({ lost }) => lost),
    cells: casts.map(({ cell }) => cell),
  };
}

function missingColumn(path: string, column: string): PipelineError {
  return new PipelineError({
    code: 'columnMissing',
    blame: 'source',
    retry: 'never',
    message: `${path} has no column ${JSON.stringify(column)}. Plan again, or set contract.missingColumns: evolve.`,
  });
}
