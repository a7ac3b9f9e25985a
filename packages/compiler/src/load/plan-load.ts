import { formatTableName, hasErrors } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import { fingerprintTable } from '../fingerprint/fingerprint.ts';
import type { ColumnSelection, LoadMode, LoadTask } from '../plan.ts';
import type { LoadSettings, TableLoad } from './load-settings.ts';
import { planColumns, type ColumnReporter } from './plan-columns.ts';
import { planCursor } from './plan-cursor.ts';
import { planKey } from './plan-key.ts';
import type { LoadModes } from './plan-modes.ts';

/** The task that loads one table; undefined when something is wrong with it, which is reported. */
export function planLoad(
  { table, target }: TableLoad,
  settings: LoadSettings,
  modes: LoadModes,
  compilation: Compilation,
): LoadTask | undefined {
  const { source, destination, paths } = settings;
  const name = formatTableName(table.table);
  const problemsBefore = compilation.diagnostics.length;
  const selection: ColumnSelection = {
    ...(settings.columns.include === undefined ? {} : { include: settings.columns.include }),
    ...(settings.columns.exclude === undefined ? {} : { exclude: settings.columns.exclude }),
  };
  const report: ColumnReporter = (code, params, part) => {
    compilation.report(
      code,
      params,
      part === undefined ? paths.table : [...paths.read, 'columns', part.list, part.index],
    );
  };
  const { fields, columns, notes } = planColumns(
    table,
    {
      selection,
      metadata: settings.metadata,
      mode: modes.write,
      deletes: modes.deletes,
      target: {
        connector: destination.connector,
        identifiers: destination.destination.identifiers,
        destinationType: destination.destinationType,
      },
    },
    report,
  );
  const key = planKey(table, columns, settings, modes, compilation);
  const load = planLoadMode({ table, target }, fields, settings, modes, compilation);
  if (key === undefined || load === undefined) return undefined;
  if (hasErrors(compilation.diagnostics.slice(problemsBefore))) return undefined;
  return {
    kind: 'load',
    id: `${settings.destinationStep}:${name}`,
    sourceStep: settings.sourceStep,
    destinationStep: settings.destinationStep,
    source: {
      connection: source.name,
      connector: source.connector,
      table,
      fields,
      ...(selection.include === undefined && selection.exclude === undefined
        ? {}
        : { columnSelection: selection }),
      schemaFingerprint: fingerprintTable(table),
    },
    load,
    columns,
    contract: settings.contract,
    quarantine: settings.quarantine,
    destination: {
      connection: destination.name,
      connector: destination.connector,
      table: target,
      mode: modes.write,
      deletes: modes.deletes,
      key,
    },
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function planLoadMode(
  { table }: TableLoad,
  fields: LoadTask['source']['fields'],
  settings: LoadSettings,
  modes: LoadModes,
  compilation: Compilation,
): LoadMode | undefined {
  const { load, source, paths } = settings;
  if (load.mode === 'full') return { kind: 'full' };
  const loadPath = [...paths.read, 'load'];
  if (modes.load === 'newFiles') {
    const unused =
      load.cursor !== undefined ? 'cursor' : load.lookback !== undefined ? 'lookback' : undefined;
    if (unused === undefined) return { kind: 'newFiles' };
    const path = [...loadPath, unused];
    const params = { table: formatTableName(table.table), connector: source.connector };
    compilation.report('cursorUnused', params, path, [{ kind: 'removeField', path }]);
    return undefined;
  }
  const planned = planCursor(table, fields, load, loadPath, compilation);
  return planned && { kind: 'incremental', ...planned, detectDeletes: modes.detectsDeletes };
}
