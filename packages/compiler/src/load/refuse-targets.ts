import { formatTableName, type DocumentPath, type Edit, type TableName } from '@millrace/spec';

import type { Compilation, DestinationConnection } from '../compilation.ts';

/** A table that a pipeline writes, and the tables that its rows come from. */
export interface TableWrite {
  readonly destination: DestinationConnection;
  readonly target: TableName;
  /** Who writes it, for people. */
  readonly label: string;
  /** Where the document names it. */
  readonly path: DocumentPath;
  readonly reads: readonly { readonly connection: string; readonly table: TableName }[];
  /** The replicate step that writes it, under the name that it has at the source. */
  readonly replicatedBy?: string;
}

/** Two that write one table would replace or mix each other's rows; one that writes what it reads would feed itself. */
export function refuseDuplicateTargets(writes: readonly TableWrite[], compilation: Compilation): void {
  const first = new Map<string, string>();
  for (const { destination, target, label, path, reads } of writes) {
    const formatted = formatTableName(target);
    const identity = foldTarget(destination, target);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, label);
    else compilation.report('targetDuplicate', { target: formatted, first: other, second: label }, path);
    const isSource = reads.some(
      ({ connection, table }) => connection === destination.name && formatTableName(table) === formatted,
    );
    if (isSource)
      compilation.report('targetIsSource', { table: formatted, connection: destination.name }, path);
  }
}

function foldTarget({ name, destination }: DestinationConnection, target: TableName): string {
  const text = JSON.stringify([target.schema ?? null, target.name]);
  return `${name} ${destination.identifiers.isCaseSensitive ? text : text.toLowerCase()}`;
}

/** Names that the destination keeps for tables of its own. */
export function refuseReservedTargets(writes: readonly TableWrite[], compilation: Compilation): void {
  const reserved = writes.flatMap((write) => {
    const prefix = write.destination.destination.identifiers.reservedTablePrefixes?.find((candidate) =>
      write.target.name.toLowerCase().startsWith(candidate),
    );
    return prefix === undefined ? [] : [{ write, prefix }];
  });
  for (const { write, prefix } of reserved) {
    const { name: connection, connector } = write.destination;
    const same = reserved.flatMap((other) =>
      other.write.replicatedBy === write.replicatedBy ? [other.write] : [],
    );
    const fix = leaveOut(write, same, compilation) ?? rename(write);
    const params = { target: formatTableName(write.target), connection, connector, prefix };
    compilation.report('targetReserved', params, write.path, [fix]);
  }
}

function rename({ target, path }: TableWrite): Edit {
  return { kind: 'setField', path, value: formatTableName({ ...target, name: `loaded_${target.name}` }) };
}

/** A replicated table has the name it has at the source. */
function leaveOut(
  { replicatedBy }: TableWrite,
  writes: readonly TableWrite[],
  compilation: Compilation,
): Edit | undefined {
  const step = replicatedBy === undefined ? undefined : compilation.document.steps[replicatedBy];
  if (replicatedBy === undefined || step === undefined || !('replicate' in step)) return undefined;
  const names = writes.flatMap(({ reads }) => reads.map(({ table }) => formatTableName(table)));
  const value = [...(step.replicate.exclude ?? []), ...names];
  return { kind: 'setField', path: ['steps', replicatedBy, 'replicate', 'exclude'], value };
}
