import { formatTableName, nearestNames, type SourceTable } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import type { PlannedColumn } from '../plan.ts';
import type { LoadSettings } from './load-settings.ts';
import type { LoadModes } from './plan-modes.ts';

/**
 * The key in the names of the destination: the one of the destination step, else of the load, else of the source. Empty
 * when rows are not matched and nothing identifies them; undefined when it is needed and cannot be, which is reported.
 */
export function planKey(
  table: SourceTable,
  columns: readonly PlannedColumn[],
  settings: LoadSettings,
  modes: LoadModes,
  compilation: Compilation,
): readonly string[] | undefined {
  const name = formatTableName(table.table);
  const needsKey = modes.write === 'merge' || modes.write === 'scd2';
  const loadKey = settings.load.mode === 'incremental' ? settings.load.key : undefined;
  const declared = settings.key ?? loadKey;
  const keyPath =
    settings.key === undefined && loadKey !== undefined
      ? [...settings.paths.read, 'load', 'key']
      : [...settings.paths.write, 'key'];
  const key = declared ?? table.key;
  if (key.length === 0) {
    if (!needsKey) return [];
    const useReplace = {
      kind: 'setField',
      path: [...settings.paths.write, 'write'],
      value: 'replace',
    } as const;
    compilation.report(
      'keyNeeded',
      { table: name, write: modes.write },
      keyPath,
      modes.load === 'full' ? [useReplace] : [],
    );
    return undefined;
  }
  const planned: string[] = [];
  let isSound = true;
  key.forEach((column, index) => {
    const path = declared === undefined ? keyPath : [...keyPath, index];
    const field = table.fields.find((candidate) => candidate.name === column);
    const target = columns.find(({ origin }) => origin.kind === 'source' && origin.column === column);
    if (field === undefined) {
      isSound = false;
      const nearest = nearestNames(
        column,
        table.fields.map((candidate) => candidate.name),
      );
      const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
      compilation.report('columnUnknown', { table: name, column, role: 'key', nearest }, path, fixes);
    } else if (target === undefined) {
      if (!needsKey && declared === undefined) return;
      isSound = false;
      compilation.report('keyLeftOut', { table: name, column }, path);
    } else {
      if (field.nullable && needsKey) compilation.report('keyColumnNullable', { table: name, column }, path);
      planned.push(target.field.name);
    }
  });
  if (!isSound) return undefined;
  // A key that the selection of columns breaks up identifies nothing.
  return planned.length === key.length ? planned : [];
}
