import type { ArrivalRule, PlannedColumn } from '@millrace/compiler';
import type { SourceField } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

/** A rule of the contract over rows as they are read, whose columns are called c0, c1, … */
export interface ArrivalFilter {
  readonly column: string;
  readonly action: ArrivalRule['action'];
  /** True of a value that is not let in. */
  readonly unfit: string;
  readonly reason: string;
  /** What the value becomes in the staged file; null where it has no column there. */
  readonly value: string | null;
}

/** The rules as SQL. A value fits a type when it comes back from it as it was. */
export function arrivalFilters(
  rules: readonly ArrivalRule[],
  columns: readonly Pick<PlannedColumn, 'field' | 'origin'>[],
  fields: readonly SourceField[],
): readonly ArrivalFilter[] {
  return rules.map(({ column, rule, action }) => {
    const index = fields.findIndex(({ name }) => name === column);
    const read = fields[index];
    if (read === undefined) throw new RangeError(`The column ${column} is judged, but not read.`);
    const cell = `c${index}`;
    if (rule === 'absent')
      return {
        column,
        action,
        unfit: `${cell} IS NOT NULL`,
        reason: 'the destination has no such column',
        value: null,
      };
    const kept = columns.find(({ origin }) => origin.kind === 'source' && origin.column === column);
    if (kept === undefined) throw new RangeError(`The column ${column} is judged, but not kept.`);
    const type = duckdbType(kept.field.type);
    const cast = `TRY_CAST(${cell} AS ${type})`;
    const unfit = `(${cell} IS NOT NULL AND TRY_CAST(${cast} AS ${duckdbType(read.type)}) IS DISTINCT FROM ${cell})`;
    return {
      column,
      action,
      unfit,
      reason: `the value does not fit ${type}`,
      value: `CASE WHEN NOT ${unfit} THEN ${cast} END`,
    };
  });
}
