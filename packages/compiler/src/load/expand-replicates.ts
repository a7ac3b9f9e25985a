import {
  checkName,
  compileSelection,
  formatTableName,
  entriesOf,
  nearestNames,
  type CheckItem,
  type DestinationStep,
  type Diagnostic,
  type DocumentPath,
  type Edit,
  type Locate,
  type ReplicateStep,
  type SourceStep,
  type SourceTable,
  type Step,
  type TableName,
} from '@millrace/spec';

import { Compilation } from '../compilation.ts';
import type { CompileInput } from '../compile-input.ts';
import { hasChecks } from '../transform/check-step.ts';
import type { ExpandedDocument } from '../verbs/template/expand-templates.ts';
import { nameTargets } from './name-targets.ts';

/** Where the parts of a step of one table stand in the document. */
type Place = (below: DocumentPath) => DocumentPath;

/**
 * Gives each table that the checks of a replicate step are about a source step with these checks and a destination step
 * of its own: `shop/orders` and `shop/orders/copy`. The step keeps the others. Checks are about the tables that have all
 * the columns they name; those that name none are about all.
 */
export function expandReplicates(expanded: ExpandedDocument, input: CompileInput): ExpandedDocument {
  const entries = entriesOf(expanded.document.steps);
  if (!entries.some(([, step]) => 'replicate' in step && hasChecks(step))) return expanded;
  const places = new Map<string, Place>();
  const checks = new Map(expanded.localNames.checks);
  const locate: Locate = (path, part) => expanded.locate(writtenPath(path, places), part);
  const compilation = new Compilation({ ...input, document: expanded.document, locate });
  // What else is wrong with a step is said where it is compiled.
  const elsewhere = new Compilation({ ...input, document: expanded.document, locate });
  const steps = entries.flatMap(([name, step]): readonly (readonly [string, Step])[] => {
    if (!('replicate' in step) || !hasChecks(step)) return [[name, step]];
    const split = splitReplicate(name, step, compilation, elsewhere);
    for (const { copy, source, place, kept } of split.checked) {
      places.set(source, place);
      places.set(copy, place);
      const local = expanded.localNames.checks.get(name);
      if (local !== undefined)
        checks.set(
          source,
          kept.flatMap((index) => local[index] ?? []),
        );
    }
    return [...split.rest, ...split.checked.flatMap(({ made }) => made)];
  });
  const asWritten = (diagnostic: Diagnostic): Diagnostic =>
    expanded.asWritten({
      ...diagnostic,
      path: writtenPath(diagnostic.path, places),
      fixes: diagnostic.fixes.map((fix) => writtenFix(fix, places)),
    });
  return {
    document: { ...expanded.document, steps: Object.fromEntries(steps) },
    locate,
    localNames: { ...expanded.localNames, checks },
    diagnostics: [...expanded.diagnostics, ...compilation.diagnostics.map(asWritten)],
    asWritten,
  };
}

/** The columns that settings of a check name: one, several or none. */
function namedColumns(settings: object | undefined): readonly string[] {
  const { column, columns }: { readonly column?: unknown; readonly columns?: unknown } = { ...settings };
  const named: readonly unknown[] = Array.isArray(columns) ? columns : [column];
  return named.filter((each) => typeof each === 'string');
}

interface CheckedTable {
  readonly source: string;
  readonly copy: string;
  readonly made: readonly (readonly [string, Step])[];
  readonly place: Place;
  /** Its checks, by their places in the list of the step. */
  readonly kept: readonly number[];
}

function splitReplicate(
  name: string,
  step: ReplicateStep,
  compilation: Compilation,
  elsewhere: Compilation,
): { readonly rest: readonly (readonly [string, Step])[]; readonly checked: readonly CheckedTable[] } {
  const { replicate, checks = [] } = step;
  const { checks: _, ...plain } = step;
  const path = ['steps', name, 'replicate'];
  const destination = elsewhere.destination(replicate.into.connection, path);
  const isSelected = compileSelection(replicate.include, replicate.exclude);
  const tables = compilation.tables(replicate.from).filter(({ table }) => isSelected(formatTableName(table)));
  if (destination === undefined || tables.length === 0) return { rest: [[name, plain]], checked: [] };
  const about = checks.map((item, index) =>
    tablesOf(item, tables, ['steps', name, 'checks', index], name, compilation),
  );
  const targets = nameTargets(tables, destination, replicate.into.schema, path, elsewhere);
  const checked = targets.flatMap(({ table, target }): readonly CheckedTable[] => {
    const kept = checks.flatMap((_item, index) => (about[index]?.includes(table) === true ? [index] : []));
    return kept.length === 0 ? [] : [checkedTable(name, step, table, target, kept)];
  });
  const taken = new Set(checked.map(({ source }) => source));
  const others = tables.filter(({ table }) => !taken.has(stepOf(name, table)));
  if (others.length === 0) return { rest: [], checked };
  const include = others.map(({ table }) => formatTableName(table));
  return { rest: [[name, { ...plain, replicate: { ...replicate, include } }]], checked };
}

/** The tables that a check is about. */
function tablesOf(
  item: CheckItem,
  tables: readonly SourceTable[],
  path: DocumentPath,
  step: string,
  compilation: Compilation,
): readonly SourceTable[] {
  const check = checkName(item);
  if (check === 'sql' || check === 'expression' || check === 'schema') {
    compilation.report('replicatedCheckOfOne', { step, check }, path);
    return [];
  }
  const columns = namedColumns(item[check]);
  const found = tables.filter(({ fields }) => {
    const names = new Set(fields.map((field) => field.name.toLowerCase()));
    return columns.every((each) => names.has(each.toLowerCase()));
  });
  if (found.length === 0) {
    const known = [...new Set(tables.flatMap(({ fields }) => fields.map((field) => field.name)))];
    const unknown = columns.filter((each) => !known.includes(each));
    const nearest = unknown.flatMap((each) => nearestNames(each, known));
    compilation.report('replicatedCheckUnused', { step, check, columns, nearest }, [...path, check]);
  }
  return found;
}

function checkedTable(
  name: string,
  { replicate, checks = [], contract, quarantine, metadataColumns }: ReplicateStep,
  table: SourceTable,
  target: TableName,
  kept: readonly number[],
): CheckedTable {
  const { from, load, into, key, include } = replicate;
  const source = stepOf(name, table.table);
  const copy = `${source}/copy`;
  const items = kept.flatMap((index) => checks[index] ?? []);
  const read: SourceStep = {
    source: {
      connection: from,
      table: quoted(table.table),
      load: load?.mode === 'incremental' && key !== undefined ? { key, ...load } : load,
    },
    checks: items,
    ...(contract === undefined ? {} : { contract }),
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(metadataColumns === undefined ? {} : { metadataColumns }),
  };
  // What is marked without checks is marked with them.
  const isMarked = load?.mode === 'incremental' && load.deletes === 'detect' && replicate.write === undefined;
  const write: DestinationStep = {
    destination: {
      from: source,
      connection: into.connection,
      table: quoted(target),
      write: isMarked ? 'merge' : replicate.write,
      key,
      deletes: replicate.deletes ?? (isMarked ? 'soft' : undefined),
    },
  };
  const place: Place = ([part, ...below]) => {
    const step = ['steps', name];
    const [setting] = below;
    if (part === 'checks' && typeof setting === 'number')
      return [...step, 'checks', kept[setting] ?? setting, ...below.slice(1)];
    if (part === 'source' && setting === 'load') return [...step, 'replicate', ...below];
    if (part === 'source') return [...step, 'replicate', setting === 'table' && include ? 'include' : 'from'];
    if (part === 'destination' && (setting === 'write' || setting === 'key' || setting === 'deletes'))
      return [...step, 'replicate', ...below];
    if (part === 'destination') return [...step, 'replicate', 'into'];
    return part === undefined ? step : [...step, part, ...below];
  };
  return {
    source,
    copy,
    place,
    kept,
    made: [
      [source, read],
      [copy, write],
    ],
  };
}

/** No dot, which would be an output of a step; no slash but between the parts. */
function stepOf(replicate: string, { schema, name }: TableName): string {
  const parts = schema === undefined ? [name] : [schema, name];
  const plain = parts.map((part) =>
    part.replaceAll(/[%./]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  );
  return [replicate, ...plain].join('/');
}

function quoted({ schema, name }: TableName): string {
  const parts = schema === undefined ? [name] : [schema, name];
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

function writtenPath(path: DocumentPath, places: ReadonlyMap<string, Place>): DocumentPath {
  const [head, name, ...below] = path;
  const place = head === 'steps' ? places.get(String(name)) : undefined;
  return place?.(below) ?? path;
}

function writtenFix(fix: Edit, places: ReadonlyMap<string, Place>): Edit {
  return 'path' in fix ? { ...fix, path: writtenPath(fix.path, places) } : fix;
}
