import {
  compileSelection,
  formatTableName,
  type DestinationStep,
  type ReplicateStep,
  type SourceStep,
} from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import { stepSettings, type LoadSettings, type TableLoad } from './load-settings.ts';
import { nameTargets } from './name-targets.ts';
import { resolveSourceTable, resolveTargetTable } from './resolve-table.ts';

/** Settings and the tables they are for. */
export interface CollectedLoads {
  readonly settings: LoadSettings;
  readonly tables: readonly TableLoad[];
}

/** A source step connected to a destination step. */
export function collectDestination(
  names: { readonly source: string; readonly destination: string },
  sourceStep: SourceStep,
  destinationStep: DestinationStep,
  compilation: Compilation,
): CollectedLoads | undefined {
  const read = ['steps', names.source, 'source'];
  const write = ['steps', names.destination, 'destination'];
  const source = compilation.source(sourceStep.source.connection, [...read, 'connection']);
  const destination = compilation.destination(destinationStep.destination.connection, [
    ...write,
    'connection',
  ]);
  const table =
    source && resolveSourceTable(source.name, sourceStep.source.table, [...read, 'table'], compilation);
  const target =
    destination &&
    resolveTargetTable(destination, destinationStep.destination.table, [...write, 'table'], compilation);
  if (source === undefined || destination === undefined || table === undefined || target === undefined)
    return undefined;
  return {
    settings: {
      sourceStep: names.source,
      destinationStep: names.destination,
      subject: formatTableName(table.table),
      source,
      destination,
      load: sourceStep.source.load ?? { mode: 'full' },
      columns: sourceStep.source.columns ?? {},
      write: destinationStep.destination.write,
      deletes: destinationStep.destination.deletes,
      key: destinationStep.destination.key,
      ...stepSettings(sourceStep),
      paths: { read, write, table: [...read, 'table'] },
    },
    tables: [{ table, target }],
  };
}

/** A replicate step. */
export function collectReplicate(
  name: string,
  step: ReplicateStep,
  compilation: Compilation,
): CollectedLoads | undefined {
  const { from, include, exclude, into, load, write, deletes, key } = step.replicate;
  const path = ['steps', name, 'replicate'];
  const source = compilation.source(from, [...path, 'from']);
  const destination = compilation.destination(into.connection, [...path, 'into', 'connection']);
  if (source === undefined || destination === undefined) return undefined;
  const schemaPath = [...path, 'into', 'schema'];
  if (into.schema !== undefined && !destination.destination.hasSchemas) {
    const params = { connection: destination.name, connector: destination.connector, schema: into.schema };
    compilation.report('schemaUnsupported', params, schemaPath, [{ kind: 'removeField', path: schemaPath }]);
    return undefined;
  }
  const isSelected = compileSelection(include, exclude);
  const tables = compilation.tables(from).filter(({ table }) => isSelected(formatTableName(table)));
  const includePath = include === undefined ? [...path, 'from'] : [...path, 'include'];
  if (tables.length === 0) {
    compilation.report(
      'tablesNoneMatch',
      { connection: from, include: include ?? ['*'], exclude: exclude ?? [] },
      includePath,
    );
    return undefined;
  }
  const settings: LoadSettings = {
    sourceStep: name,
    destinationStep: name,
    subject: `the tables of '${from}'`,
    source,
    destination,
    load: load ?? { mode: 'full' },
    columns: {},
    write,
    deletes,
    key,
    ...stepSettings(step),
    paths: { read: path, write: path, table: includePath },
  };
  return { settings, tables: nameTargets(tables, destination, into.schema, includePath, compilation) };
}
