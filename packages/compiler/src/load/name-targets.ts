import { formatTableName, type DocumentPath, type SourceTable } from '@millrace/spec';

import type { Compilation, DestinationConnection } from '../compilation.ts';
import type { TableLoad } from './load-settings.ts';
import { nameIdentifiers } from './name-identifiers.ts';

/**
 * The destination table of each replicated one: its own name, in the given schema or else in its own. Tables of
 * different schemas that would meet under one name are refused: a suffix could pass from one to the other when a table
 * is added, and mix their rows.
 */
export function nameTargets(
  tables: readonly SourceTable[],
  destination: DestinationConnection,
  intoSchema: string | undefined,
  path: DocumentPath,
  compilation: Compilation,
): readonly TableLoad[] {
  const { hasSchemas, identifiers } = destination.destination;
  const groups = new Map<string | undefined, SourceTable[]>();
  for (const table of tables) {
    const schema = hasSchemas ? (intoSchema ?? table.table.schema) : undefined;
    const group = groups.get(schema);
    if (group === undefined) groups.set(schema, [table]);
    else group.push(table);
  }
  const loads: TableLoad[] = [];
  for (const [schema, group] of groups) {
    const distinct = refuseMeetings(group, schema, identifiers.isCaseSensitive, path, compilation);
    const names = nameIdentifiers(
      distinct.map(({ table }) => table.name),
      identifiers,
    );
    distinct.forEach((table, index) => {
      const identifier = names[index] ?? { name: table.table.name, reason: undefined };
      const target = schema === undefined ? { name: identifier.name } : { schema, name: identifier.name };
      if (identifier.reason !== undefined) {
        const params = {
          table: formatTableName(table.table),
          to: formatTableName(target),
          reason: identifier.reason,
        };
        compilation.report('tableRenamed', params, path);
      }
      loads.push({ table, target });
    });
  }
  return loads;
}

function refuseMeetings(
  tables: readonly SourceTable[],
  schema: string | undefined,
  isCaseSensitive: boolean,
  path: DocumentPath,
  compilation: Compilation,
): readonly SourceTable[] {
  const first = new Map<string, SourceTable>();
  return tables.filter((table) => {
    const { name } = table.table;
    const folded = isCaseSensitive ? name : name.toLowerCase();
    const other = first.get(folded);
    if (other === undefined) first.set(folded, table);
    if (other === undefined || other.table.schema === table.table.schema) return true;
    const target = formatTableName(schema === undefined ? { name } : { schema, name });
    const params = { target, first: formatTableName(other.table), second: formatTableName(table.table) };
    compilation.report('targetDuplicate', params, path);
    return false;
  });
}
