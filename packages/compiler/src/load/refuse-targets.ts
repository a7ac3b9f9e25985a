import { formatTableName, type DocumentPath, type Edit } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import type { CollectedLoads } from './collect-loads.ts';
import type { LoadSettings, TableLoad } from './load-settings.ts';

/** Two loads that write one table would replace or mix each other's rows. */
export function refuseDuplicateTargets(collected: readonly CollectedLoads[], compilation: Compilation): void {
  const first = new Map<string, string>();
  for (const { settings, tables } of collected) {
    const { destination, source, destinationStep } = settings;
    const tablePath = targetPath(settings);
    for (const { table, target } of tables) {
      const formatted = formatTableName(target);
      const identity = foldTarget(
        destination.name,
        target,
        destination.destination.identifiers.isCaseSensitive,
      );
      const label = `'${destinationStep}' (${formatTableName(table.table)})`;
      const other = first.get(identity);
      if (other === undefined) first.set(identity, label);
      else
        compilation.report('targetDuplicate', { target: formatted, first: other, second: label }, tablePath);
      if (source.name === destination.name && formatTableName(table.table) === formatted) {
        compilation.report('targetIsSource', { table: formatted, connection: source.name }, tablePath);
      }
    }
  }
}

function foldTarget(connection: string, target: TableLoad['target'], isCaseSensitive: boolean): string {
  const text = JSON.stringify([target.schema ?? null, target.name]);
  return `${connection} ${isCaseSensitive ? text : text.toLowerCase()}`;
}

/** Names that the destination keeps for tables of its own. */
export function refuseReservedTargets(collected: readonly CollectedLoads[], compilation: Compilation): void {
  for (const { settings, tables } of collected) {
    const { name: connection, connector, destination } = settings.destination;
    const prefixes = destination.identifiers.reservedTablePrefixes ?? [];
    const prefixOf = ({ target }: TableLoad): string | undefined =>
      prefixes.find((prefix) => target.name.toLowerCase().startsWith(prefix));
    const reserved = tables.filter((load) => prefixOf(load) !== undefined);
    for (const load of reserved) {
      const params = {
        target: formatTableName(load.target),
        connection,
        connector,
        prefix: prefixOf(load) ?? '',
      };
      const fix = leaveOut(settings, reserved, compilation) ?? rename(settings, load);
      compilation.report('targetReserved', params, targetPath(settings), [fix]);
    }
  }
}

function rename(settings: LoadSettings, { target }: TableLoad): Edit {
  const value = formatTableName({ ...target, name: `loaded_${target.name}` });
  return { kind: 'setField', path: targetPath(settings), value };
}

/** A replicated table has the name it has at the source. */
function leaveOut(
  { destinationStep, paths }: LoadSettings,
  loads: readonly TableLoad[],
  compilation: Compilation,
): Edit | undefined {
  const step = compilation.document.steps[destinationStep];
  if (step === undefined || !('replicate' in step)) return undefined;
  const names = loads.map(({ table }) => formatTableName(table.table));
  const value = [...(step.replicate.exclude ?? []), ...names];
  return { kind: 'setField', path: [...paths.write, 'exclude'], value };
}

/** Where the document says what is written. */
function targetPath({ paths }: LoadSettings): DocumentPath {
  return [...paths.write, paths.write.at(-1) === 'replicate' ? 'into' : 'table'];
}
