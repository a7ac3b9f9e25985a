import { formatLogicalType, nearestNames, type DestinationStep, type SourceTable } from '@millrace/spec';

import type { Compilation, DestinationConnection } from '../compilation.ts';
import { planColumns, type ColumnReporter } from '../load/plan-columns.ts';
import { resolveTargetTable } from '../load/resolve-table.ts';
import type { PublishTask } from '../plan.ts';
import type { DefinedRelation } from './compile-steps.ts';
import { findField } from './build-context.ts';

/** The task that writes a relation into a table, and where to; undefined when something is wrong with it, which is reported. */
export function planPublish(
  name: string,
  step: DestinationStep,
  relation: DefinedRelation,
  compilation: Compilation,
): { readonly task: PublishTask; readonly destination: DestinationConnection } | undefined {
  const path = ['steps', name, 'destination'];
  const settings = step.destination;
  const destination = compilation.destination(settings.connection, [...path, 'connection']);
  const target =
    destination && resolveTargetTable(destination, settings.table, [...path, 'table'], compilation);
  if (destination === undefined || target === undefined) return undefined;
  const problemsBefore = compilation.diagnostics.length;
  const mode = settings.write ?? 'replace';
  const deletes = settings.deletes ?? 'ignore';
  if (!destination.destination.writeModes.includes(mode)) {
    const { connector } = destination;
    const supported = destination.destination.writeModes;
    compilation.report('writeModeUnsupported', { connection: destination.name, connector, mode, supported }, [
      ...path,
      'write',
    ]);
  }
  if (deletes !== 'ignore' && mode !== 'merge') {
    const at = [...path, 'deletes'];
    const fixes = [{ kind: 'removeField', path: at } as const];
    compilation.report('deletesNeedMerge', { table: relation.ref, write: mode, deletes }, at, fixes);
  }
  const report: ColumnReporter = (code, params) => compilation.report(code, params, [...path, 'from']);
  const { columns, notes } = planColumns(
    asTable(relation),
    {
      selection: {},
      metadata: [],
      mode,
      deletes,
      target: {
        connector: destination.connector,
        identifiers: destination.destination.identifiers,
        destinationType: destination.destinationType,
      },
    },
    report,
  );
  const key = planKey(settings.key, mode, relation, path, compilation);
  if (key === undefined || compilation.hasErrorsSince(problemsBefore)) return undefined;
  const nameOf = (column: string) =>
    columns.find(({ origin }) => origin.kind === 'source' && origin.column === column)?.field.name ?? column;
  const task: PublishTask = {
    kind: 'publish',
    id: name,
    destinationStep: name,
    from: relation.ref,
    columns,
    destination: {
      connection: destination.name,
      connector: destination.connector,
      table: target,
      mode,
      deletes,
      key: key.map(nameOf),
    },
    fingerprint: relation.fingerprint,
    ...(notes.length === 0 ? {} : { notes }),
  };
  return { task, destination };
}

/** The key by the names of the relation. */
function planKey(
  declared: readonly string[] | undefined,
  mode: string,
  relation: DefinedRelation,
  path: readonly (string | number)[],
  compilation: Compilation,
): readonly string[] | undefined {
  const needsKey = mode === 'merge' || mode === 'scd2';
  if (declared === undefined) {
    if (relation.key.length > 0 || !needsKey) return relation.key;
    const useReplace = { kind: 'setField', path: [...path, 'write'], value: 'replace' } as const;
    compilation.report('keyNeeded', { table: relation.ref, write: mode }, [...path, 'key'], [useReplace]);
    return undefined;
  }
  const key: string[] = [];
  declared.forEach((column, index) => {
    const field = findField(relation.fields, column);
    if (field !== undefined) {
      key.push(field.name);
      return;
    }
    const at = [...path, 'key', index];
    const nearest = nearestNames(
      column,
      relation.fields.map((candidate) => candidate.name),
    );
    const fixes = nearest.map((value) => ({ kind: 'setField', path: at, value }) as const);
    compilation.report('columnUnknown', { table: relation.ref, column, role: 'key', nearest }, at, fixes);
  });
  return key.length === declared.length ? key : undefined;
}

/** A relation in the form in which the columns of source tables are planned. */
function asTable({ ref, fields, key }: DefinedRelation): SourceTable {
  return {
    table: { name: ref },
    kind: 'view',
    fields: fields.map((field) => ({ ...field, nativeType: formatLogicalType(field.type) })),
    key,
    indexedColumns: [],
    estimatedRows: null,
    estimatedBytes: null,
    cursorCandidates: [],
    notes: [],
  };
}
