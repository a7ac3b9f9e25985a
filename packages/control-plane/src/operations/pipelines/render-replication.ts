import { renderText, renderValue } from '@millrace/spec';
import type { DocumentValue } from '@millrace/spec';

import { PIPELINE_SCHEMA_LINE } from '../projects/create-project.ts';

export type ReplicationLoad =
  | { readonly mode: 'full' }
  | {
      readonly mode: 'incremental';
      readonly cursor: string;
      readonly lookback: string | null;
      readonly detectsDeletes: boolean;
    };

export interface Replication {
  readonly name: string;
  readonly from: string;
  readonly into: { readonly connection: string; readonly schema: string | null };
  readonly tables: readonly { readonly table: string; readonly load: ReplicationLoad }[];
  readonly schedule: { readonly cron: string; readonly timezone: string } | null;
}

/** The document: one step for the tables that are loaded in the same way, each table on a line of its own. */
export function renderReplication({ name, from, into, tables, schedule }: Replication): string {
  const groups = [...Map.groupBy(tables, ({ load }) => JSON.stringify(loadValue(load))).values()].sort(
    (one, other) => other.length - one.length,
  );
  const steps = new Set<string>();
  const lines = [
    PIPELINE_SCHEMA_LINE,
    'version: 1',
    `name: ${renderText(name)}`,
    `description: ${renderText(
      `${tables.length} ${tables.length === 1 ? 'table' : 'tables'} of ${from}, kept up to date in ${into.connection}.`,
    )}`,
    ...(schedule === null ? [] : [`schedule: ${renderValue(schedule)}`]),
    '',
    'steps:',
  ];
  for (const group of groups) {
    const load = group[0]?.load ?? { mode: 'full' as const };
    const target: DocumentValue =
      into.schema === null
        ? { connection: into.connection }
        : { connection: into.connection, schema: into.schema };
    lines.push(
      `  ${renderText(stepName(from, load, groups.length, steps))}:`,
      '    replicate:',
      `      from: ${renderText(from)}`,
      '      include:',
      ...group
        .map(({ table }) => table)
        .sort((one, other) => one.localeCompare(other))
        .map((table) => `        - ${renderText(table)}`),
      `      load: ${renderValue(loadValue(load))}`,
      `      into: ${renderValue(target)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function loadValue(load: ReplicationLoad): DocumentValue {
  if (load.mode === 'full') return { mode: 'full' };
  return {
    mode: 'incremental',
    cursor: load.cursor,
    ...(load.lookback === null ? {} : { lookback: load.lookback }),
    ...(load.detectsDeletes ? { deletes: 'detect' } : {}),
  };
}

/** `shop`, or `shop_whole` and `shop_by_updated_at` where tables are loaded in different ways. */
function stepName(from: string, load: ReplicationLoad, groups: number, taken: Set<string>): string {
  const suffix = load.mode === 'full' ? 'whole' : `by_${load.cursor}`;
  const base = groups === 1 ? from : `${from}_${suffix}`.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`;
  taken.add(name);
  return name;
}
