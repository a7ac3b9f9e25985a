import { formatTableName, parseTableReference, type PipelineDocument } from '@millrace/spec';

/** What to discover in a connection: the request of `Source.discover`. An empty include means everything. */
export interface RequiredTables {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * The tables to discover, by connection, before `compilePipeline`. When discovery fails with `tableMissing`, discover
 * everything and compile: the diagnostic then names the place in the document and the nearest names.
 */
export function requiredTables(document: PipelineDocument): Readonly<Record<string, RequiredTables>> {
  const wanted = new Map<string, { include: Set<string>; excludes: (readonly string[])[] }>();
  const want = (connection: string, include: readonly string[], exclude: readonly string[]): void => {
    const entry = wanted.get(connection) ?? { include: new Set(), excludes: [] };
    wanted.set(connection, entry);
    for (const pattern of include) entry.include.add(pattern);
    entry.excludes.push(exclude);
  };
  for (const step of Object.values(document.steps)) {
    if ('source' in step) {
      const table = parseTableReference(step.source.table);
      want(step.source.connection, [table === undefined ? step.source.table : formatTableName(table)], []);
    } else if ('replicate' in step) {
      want(step.replicate.from, step.replicate.include ?? [EVERYTHING], step.replicate.exclude ?? []);
    }
  }
  return Object.fromEntries(
    [...wanted].map(([connection, { include, excludes }]) => [connection, combine(include, excludes)]),
  );
}

const EVERYTHING = '';

/** Several steps may want different tables of a connection; an exclude of one must not hide a table from another. */
function combine(include: ReadonlySet<string>, excludes: readonly (readonly string[])[]): RequiredTables {
  const [exclude] = excludes;
  return {
    include: include.has(EVERYTHING) ? [] : [...include],
    exclude: excludes.length === 1 && exclude !== undefined ? exclude : [],
  };
}
