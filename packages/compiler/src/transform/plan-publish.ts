import {
  formatLogicalType,
  nearestNames,
  parseStepReference,
  type DeleteMode,
  type DestinationStep,
  type SourceTable,
  type WriteMode,
} from '@millrace/spec';

import type { Compilation, DestinationConnection } from '../compilation.ts';
import { titleKept } from '../explain/title-relation.ts';
import { planColumns, type ColumnReporter } from '../load/plan-columns.ts';
import { resolveTargetTable } from '../load/resolve-table.ts';
import { fingerprintTable } from '../fingerprint/fingerprint.ts';
import { DEFAULT_CONTRACT, DEFAULT_QUARANTINE } from '../load/load-settings.ts';
import {
  LANDING,
  STEPS,
  type Contract,
  type LoadDestination,
  type LoadTask,
  type PlannedColumn,
} from '../plan.ts';
import { findField } from './columns.ts';
import type { DefinedRelation } from './compiled-step.ts';

/** The task that writes a relation into a table, and where to; undefined when something is wrong with it, which is reported. */
export function planPublish(
  name: string,
  step: DestinationStep,
  relation: DefinedRelation,
  compilation: Compilation,
): { readonly task: LoadTask; readonly destination: DestinationConnection } | undefined {
  const path = ['steps', name, 'destination'];
  const settings = step.destination;
  const destination = compilation.destination(settings.connection, [...path, 'connection']);
  const target =
    destination && resolveTargetTable(destination, settings.table, [...path, 'table'], compilation);
  if (destination === undefined || target === undefined) return undefined;
  const problemsBefore = compilation.diagnostics.length;
  const mode = settings.write ?? 'replace';
  const deletes = settings.deletes ?? defaultDeletes(settings.from, mode, compilation);
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
  const canMerge = destination.destination.writeModes.includes('merge');
  const settled = { source: relation, step: name, mode, canMerge, notes };
  const task = stepsTask(`${name}:${relation.ref}`, settled, columns, {
    connection: destination.name,
    connector: destination.connector,
    table: target,
    mode,
    deletes,
    key: key.map(nameOf),
  });
  return { task, destination };
}

/** A source whose deletes are detected marks them, whether its rows are checked on the way or not. */
function defaultDeletes(from: string, mode: WriteMode, { document }: Compilation): DeleteMode {
  const step = Object.hasOwn(document.steps, from) ? document.steps[from] : undefined;
  const load = step !== undefined && 'source' in step ? step.source.load : undefined;
  const isDetected = load?.mode === 'incremental' && load.deletes === 'detect';
  return mode === 'merge' && isDetected ? 'soft' : 'ignore';
}

/** Not the name of a step: those hold no space. */
const KEPT = 'kept here';

/** The task that keeps the rows of a step on this machine. */
export function planKeep(relation: DefinedRelation): LoadTask {
  const columns = relation.fields.map((field): PlannedColumn => ({
    field,
    origin: { kind: 'source', column: field.name },
  }));
  const settings = { source: relation, step: KEPT, mode: 'replace' as const, canMerge: true, notes: [] };
  return stepsTask(titleKept(relation.ref), settings, columns, {
    connection: LANDING,
    connector: LANDING,
    table: { name: relation.ref },
    mode: 'replace',
    deletes: 'ignore',
    key: relation.key,
  });
}

/** A definition is what the document says now; a table that had other columns before follows it. */
const FOLLOWS: Contract = { ...DEFAULT_CONTRACT, missingColumns: 'evolve' };

function stepsTask(
  id: string,
  settings: {
    readonly source: DefinedRelation;
    readonly step: string;
    readonly mode: WriteMode;
    readonly canMerge: boolean;
    readonly notes: readonly string[];
  },
  columns: readonly PlannedColumn[],
  destination: LoadDestination,
): LoadTask {
  const { source, notes } = settings;
  // Several tasks can write the rows of one step; each reads them under a name of its own.
  const table = asTable(source, settings.step);
  const isReplaced = settings.mode === 'replace';
  return {
    kind: 'load',
    id,
    sourceStep: parseStepReference(source.ref).step,
    destinationStep: settings.step === KEPT ? parseStepReference(source.ref).step : settings.step,
    source: {
      connection: STEPS,
      connector: STEPS,
      table,
      fields: table.fields,
      schemaFingerprint: fingerprintTable(table),
    },
    load: { kind: 'steps', from: source.ref, fingerprint: source.fingerprint, isReplaced },
    columns,
    contract: FOLLOWS,
    quarantine: DEFAULT_QUARANTINE,
    // With a key, what changed is enough to make the table what it has to be.
    destination:
      isReplaced && settings.canMerge && destination.key.length > 0
        ? { ...destination, mode: 'merge', deletes: 'hard' }
        : destination,
    ...(notes.length === 0 ? {} : { notes }),
  };
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
function asTable({ ref, fields, key }: DefinedRelation, schema?: string): SourceTable {
  return {
    table: schema === undefined ? { name: ref } : { schema, name: ref },
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
