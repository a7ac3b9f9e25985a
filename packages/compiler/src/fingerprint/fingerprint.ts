import {
  compareText,
  formatLogicalType,
  entriesOf,
  type PipelineDocument,
  type SourceTable,
} from '@millrace/spec';

import type { MadeBefore } from '../made-before.ts';

import type { LoadDestination, LoadMode, LoadTask, PlannedColumn, Task } from '../plan.ts';
import { sha256Hex } from './sha256.ts';

/** SHA-256 (64 hexadecimal digits) of the canonical JSON of plain data: the order of keys does not count. */
export function fingerprint(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

/**
 * Identity of what a table looks like: names, types, nullability and native declarations of its columns in order, and
 * its key. Sizes, statistics and notes do not count.
 */
export function fingerprintTable(table: SourceTable): string {
  // Arrays have one order, so the native serialiser is canonical for them, and ten times as fast.
  const fields = table.fields.map((field) => [
    field.name,
    formatLogicalType(field.type),
    field.nullable,
    field.nativeType,
    field.detail === undefined ? null : canonicalJson(field.detail),
  ]);
  return sha256Hex(JSON.stringify([fields, table.key]));
}

/** Identity of what a document means: comments, groups, layout and the order of its keys do not count. */
export function fingerprintDocument(
  document: PipelineDocument,
  parameters: readonly (readonly [string, string])[],
  made: MadeBefore,
): string {
  const { groups: _, layout: __, steps, ...rest } = document;
  const named = entriesOf(steps);
  const meanings = made.each('meaning', named, ([name, step]) => `${name} ${canonicalJson(step)}`);
  const names = made.each('name', named, ([name]) => name);
  const sorted = made.recall('sorted', fingerprintDocument, names, () =>
    [...names.keys()].toSorted((left, right) => compareText(names[left] ?? '', names[right] ?? '')),
  );
  const texts = sorted.map((place) => meanings[place] ?? '');
  return made.digest('document', [canonicalJson([rest, parameters]), ...texts]);
}

/**
 * Identity of a plan's tasks and document. Tables enter by their own fingerprint, which fixes the types of the columns:
 * statistics change by the minute, and are no change of the plan.
 */
export function fingerprintPlan(
  documentFingerprint: string,
  tasks: readonly Task[],
  made: MadeBefore,
): string {
  const identities = made.each('task', tasks, (task) => {
    // Of the tasks behind an edited step only the load is another.
    const columns = made.recall('columns', task.columns, [], () =>
      JSON.stringify(columnsIdentity(task.columns)),
    );
    const load = JSON.stringify(loadIdentity(task));
    const destination = JSON.stringify(destinationIdentity(task.destination));
    return sha256Hex(`[${JSON.stringify(task.id)},${load},${columns},${destination}]`);
  });
  return made.digest('plan', [documentFingerprint, ...identities]);
}

function loadIdentity({ sourceStep, source, load, contract, quarantine }: LoadTask): unknown {
  const { schema = null, name } = source.table.table;
  return [
    [sourceStep, source.connection, source.connector, schema, name],
    source.schemaFingerprint,
    loadModeIdentity(load),
    [
      contract.newTables,
      contract.missingTables,
      contract.newColumns,
      contract.typeChanges,
      contract.missingColumns,
    ],
    [quarantine.maxRows, quarantine.maxShare],
  ];
}

function loadModeIdentity(load: LoadMode): unknown {
  switch (load.kind) {
    case 'incremental':
      return [load.cursor, load.lookback, load.detectDeletes];
    case 'steps':
      return [load.from, load.fingerprint, load.isReplaced];
    default:
      return load.kind;
  }
}

function columnsIdentity(columns: readonly PlannedColumn[]): unknown {
  return columns.map(({ field, origin }) => {
    if (origin.kind === 'metadata') return [field.name, { metadata: origin.value }];
    return field.name === origin.column ? field.name : [field.name, origin.column];
  });
}

function destinationIdentity({ connection, connector, table, mode, deletes, key }: LoadDestination): unknown {
  return [connection, connector, table.schema ?? null, table.name, mode, deletes, key];
}

/** JSON with sorted keys and without keys whose value is undefined. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    let text = '';
    // By code units, as `compareText` does.
    for (const key of Object.keys(value).sort()) {
      const item: unknown = Object(value)[key];
      if (item !== undefined)
        text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`;
    }
    return `{${text}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
