import { formatTableName, type Capabilities, type SourceStep } from '@millrace/spec';

import type { Compilation, DestinationConnection } from '../compilation.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { stepSettings, type LoadSettings } from '../load/load-settings.ts';
import { titleKept } from '../explain/title-relation.ts';
import { planLoad } from '../load/plan-load.ts';
import { planModes } from '../load/plan-modes.ts';
import { resolveSourceTable } from '../load/resolve-table.ts';
import { LANDING, type LoadTask } from '../plan.ts';
import type { DefinedRelation } from './compiled-step.ts';

/** What load packages on this machine can do; their names are only bounded by what a folder can be called. */
export const LANDING_CAPABILITIES: NonNullable<Capabilities['destination']> = {
  writeModes: ['append', 'replace', 'merge'],
  hasSchemas: true,
  identifiers: { maxBytes: Number.MAX_SAFE_INTEGER, isCaseSensitive: false },
  parallelPublishes: Number.MAX_SAFE_INTEGER,
};

/** A source step that feeds steps: the load that lands it, and its rows as those steps see them. */
export interface Landing {
  readonly task: LoadTask;
  readonly relation: DefinedRelation;
}

/** Undefined when something is wrong with the step, which is reported. */
export function planLanding(name: string, step: SourceStep, compilation: Compilation): Landing | undefined {
  const path = ['steps', name, 'source'];
  const source = compilation.source(step.source.connection, [...path, 'connection']);
  const table = source && resolveSourceTable(source.name, step.source.table, [...path, 'table'], compilation);
  if (source === undefined || table === undefined) return undefined;
  const load = step.source.load ?? { mode: 'full' };
  const destination: DestinationConnection = {
    name: LANDING,
    connector: LANDING,
    destination: LANDING_CAPABILITIES,
  };
  const hasKey = (load.mode === 'incremental' ? (load.key ?? table.key) : table.key).length > 0;
  const isByCursor = load.mode === 'incremental' && source.source.incrementalBy === 'column';
  const settings: LoadSettings = {
    sourceStep: name,
    destinationStep: name,
    subject: formatTableName(table.table),
    source,
    destination,
    load,
    columns: step.source.columns ?? {},
    // Without a key rows can only be added; a late change of one then shows as one more row.
    write: isByCursor && !hasKey ? 'append' : undefined,
    deletes: load.mode === 'incremental' && load.deletes === 'detect' ? 'hard' : undefined,
    key: undefined,
    ...stepSettings(step),
    paths: { read: path, write: path, table: [...path, 'table'] },
  };
  const modes = planModes(settings, compilation);
  const planned = modes && planLoad({ table, target: { name } }, settings, modes, compilation);
  if (planned === undefined) return undefined;
  const task: LoadTask = { ...planned, id: titleKept(name) };
  const fields = task.columns.map((column) => column.field);
  return {
    task,
    relation: {
      ref: name,
      fields,
      key: task.destination.mode === 'append' ? [] : task.destination.key,
      fingerprint: fingerprint([task.source.connection, task.source.table.table, task.load, task.columns]),
    },
  };
}
