import {
  formatTableName,
  nearestNames,
  parseTableReference,
  type DocumentPath,
  type SourceTable,
  type TableName,
} from '@millrace/spec';

import type { Compilation, DestinationConnection } from '../compilation.ts';

/** The discovered table that a reference means; undefined when there is none or several, which is reported. */
export function resolveSourceTable(
  connection: string,
  text: string,
  path: DocumentPath,
  compilation: Compilation,
): SourceTable | undefined {
  const byName = compilation.tablesByName(connection);
  const reference = parseTableReference(text);
  const same = byName.get(text) ?? (reference && byName.get(formatTableName(reference))) ?? [];
  const [only] = same;
  if (only !== undefined && same.length === 1) return only;
  const exact = same.find(
    ({ table }) => table.schema === reference?.schema && table.name === reference?.name,
  );
  if (exact !== undefined && text.includes('"')) return exact;
  if (only !== undefined) {
    compilation.report('tableAmbiguous', { connection, table: text }, path);
    return undefined;
  }
  const inOtherSchemas = compilation
    .tables(connection)
    .filter(({ table }) => table.name === (reference?.name ?? text))
    .map(({ table }) => formatTableName(table));
  const nearest = [...new Set([...inOtherSchemas, ...nearestNames(text, byName.keys())])].slice(0, 3);
  const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
  compilation.report('tableUnknown', { connection, table: text, nearest }, path, fixes);
  return undefined;
}

/** The table that a destination's reference means. */
export function resolveTargetTable(
  connection: DestinationConnection,
  text: string,
  path: DocumentPath,
  compilation: Compilation,
): TableName | undefined {
  const reference = parseTableReference(text);
  if (reference === undefined) {
    compilation.report('tableReferenceInvalid', { text }, path);
    return undefined;
  }
  if (reference.schema !== undefined && !connection.destination.hasSchemas) {
    const params = { connection: connection.name, connector: connection.connector, schema: reference.schema };
    compilation.report('schemaUnsupported', params, path, [
      { kind: 'setField', path, value: reference.name },
    ]);
    return undefined;
  }
  return reference;
}
