import { entry } from '../entry.ts';
import { hint, list, type Names } from '../wording.ts';

/** Connections, and the tables that are read and written. */
export const tablesDiagnostics = {
  connectionUnknown: entry<{ connection: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `There is no connection '${p.connection}'.${hint(p.nearest, p.known, 'Known')} Connections are declared in millrace.yaml.`,
  ),
  connectionNotSource: entry<{ connection: string; connector: string }>(
    'error',
    (p) =>
      `Connection '${p.connection}' cannot be read: ${p.connector} is a destination only. Choose another connection.`,
  ),
  connectionNotDestination: entry<{ connection: string; connector: string }>(
    'error',
    (p) =>
      `Connection '${p.connection}' cannot be written: ${p.connector} is a source only. Choose another connection.`,
  ),
  tableReferenceInvalid: entry<{ text: string }>(
    'error',
    (p) =>
      `'${p.text}' is not the name of a table. Write schema.table or table, with double quotes around parts that hold dots.`,
  ),
  tableUnknown: entry<{ connection: string; table: string; nearest: Names }>(
    'error',
    (p) =>
      `Connection '${p.connection}' has no table '${p.table}', or its user may not read it.${hint(p.nearest, [], '')} See: millrace discover ${p.connection}`,
  ),
  tableAmbiguous: entry<{ connection: string; table: string }>(
    'error',
    (p) =>
      `Connection '${p.connection}' has several tables that read as '${p.table}'. Put double quotes around the schema and the name.`,
  ),
  tablesNoneMatch: entry<{ connection: string; include: Names; exclude: Names }>(
    'error',
    (p) =>
      `No table of connection '${p.connection}' matches ${list(p.include)}${p.exclude.length > 0 ? ` without ${list(p.exclude)}` : ''}. See: millrace discover ${p.connection}`,
  ),
  schemaUnsupported: entry<{ connection: string; connector: string; schema: string }>(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) has no schemas, so '${p.schema}' cannot be one. Leave it out.`,
  ),
  targetDuplicate: entry<{ target: string; first: string; second: string }>(
    'error',
    (p) => `${p.first} and ${p.second} would both write ${p.target}. Give one of them another destination.`,
  ),
  targetReserved: entry<{ target: string; connection: string; connector: string; prefix: string }>(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) cannot have a table ${p.target}: names that begin with ${p.prefix} are kept for tables of its own. Give it another destination, or leave it out.`,
  ),
  targetIsSource: entry<{ table: string; connection: string }>(
    'error',
    (p) =>
      `${p.table} of connection '${p.connection}' would be read and written by the same load. Choose another destination.`,
  ),
  tableRenamed: entry<{ table: string; to: string; reason: string }>(
    'warning',
    (p) => `${p.table} is written as ${p.to}: ${p.reason}.`,
  ),
};
