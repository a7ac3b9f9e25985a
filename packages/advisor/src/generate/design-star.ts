import { formatTableName, type SourceField } from '@millrace/spec';

import { nameTokens } from '../naming/name-tokens.ts';
import type { Reference } from '../keys/find-references.ts';
import type { AnalysedTable } from './analyse-tables.ts';

/** A reference to a table that is there, whose columns can be compared. */
export interface StarLink {
  readonly reference: Reference;
  readonly table: AnalysedTable;
}

/** What happened, to be counted and added up. */
export interface Fact {
  readonly table: AnalysedTable;
  /** Columns that can be added up. */
  readonly measures: readonly string[];
  /** When it happened; null when no column says so. */
  readonly time: string | null;
  /** Facts that this one is a part of, as lines are of an order: they say when, and for whom. */
  readonly headers: readonly StarLink[];
  readonly dimensions: readonly StarLink[];
}

/** What facts are looked at by, with what it refers to itself. */
export interface Dimension {
  readonly table: AnalysedTable;
  readonly parents: readonly StarLink[];
}

export interface Star {
  readonly facts: readonly Fact[];
  readonly dimensions: readonly Dimension[];
  /** Tables that are neither. */
  readonly others: readonly AnalysedTable[];
}

const CHANGE_TIME = /\b(?:updated|update|modified|changed|deleted|loaded|synced)\b/;
/** Figures that mean nothing when they are added up. */
const NOT_ADDITIVE =
  /\b(?:unit|rate|percent|percentage|share|ratio|average|avg|mean|discount|latitude|longitude)\b/;
const EVENT_TIME =
  /\b(?:created|ordered|placed|occurred|happened|logged|inserted|paid|sold|rented|date|time|at|on)\b/;

/** Facts refer to others and have numbers; dimensions are what facts refer to. */
export function designStar(tables: readonly AnalysedTable[]): Star {
  const byName = new Map(tables.map((table) => [nameOf(table), table]));
  const links = new Map(tables.map((table) => [table, linksOf(table, byName)]));
  const isFact = (table: AnalysedTable): boolean =>
    (links.get(table)?.length ?? 0) > 0 &&
    measuresOf(table).length > 0 &&
    isLargest(table, links.get(table) ?? []);
  const factTables = tables.filter(isFact);
  const facts = factTables.map((table): Fact => {
    const own = links.get(table) ?? [];
    return {
      table,
      measures: measuresOf(table),
      time: timeOf(table),
      headers: own.filter((link) => factTables.includes(link.table)),
      dimensions: own.filter((link) => !factTables.includes(link.table)),
    };
  });
  const referred = new Set(facts.flatMap(({ dimensions }) => dimensions.map(({ table }) => table)));
  const dimensions = tables
    .filter((table) => referred.has(table))
    .map((table): Dimension => ({
      table,
      parents: (links.get(table) ?? []).filter((link) => !factTables.includes(link.table)),
    }));
  const used = new Set([
    ...factTables,
    ...referred,
    ...dimensions.flatMap(({ parents }) => parents.map(({ table }) => table)),
  ]);
  return { facts, dimensions, others: tables.filter((table) => !used.has(table)) };
}

/** One link to each other table: two to the same one would have to be joined twice, under names that nobody gave. */
function linksOf(table: AnalysedTable, byName: ReadonlyMap<string, AnalysedTable>): readonly StarLink[] {
  const links = new Map<AnalysedTable, StarLink>();
  for (const reference of table.references) {
    const target = byName.get(formatTableName(reference.to));
    if (target === undefined || target === table || links.has(target)) continue;
    if (isComparable(table, reference, target)) links.set(target, { reference, table: target });
  }
  return [...links.values()];
}

/** Same columns in number and kind, and together the key: a join then never makes rows more. */
function isComparable(
  table: AnalysedTable,
  { columns, toColumns }: Reference,
  target: AnalysedTable,
): boolean {
  const key = target.key?.columns ?? [];
  if (columns.length !== toColumns.length || key.length !== toColumns.length) return false;
  if (!toColumns.every((column) => key.includes(column))) return false;
  return columns.every((column, index) => {
    const own = fieldOf(table, column);
    const other = fieldOf(target, toColumns[index] ?? '');
    return own !== undefined && other !== undefined && own.type.kind === other.type.kind;
  });
}

/** Facts are not fewer than what they refer to. */
function isLargest({ rows }: AnalysedTable, links: readonly StarLink[]): boolean {
  return links.every(({ table }) => rows === null || table.rows === null || table.rows <= Math.max(rows, 1));
}

function measuresOf({ evidence, key, references, meanings }: AnalysedTable): readonly string[] {
  const identifying = new Set([...(key?.columns ?? []), ...references.flatMap(({ columns }) => columns)]);
  return evidence.table.fields
    .filter(({ name, type }) => {
      if (identifying.has(name) || NOT_ADDITIVE.test(nameTokens(name).join(' '))) return false;
      if ((meanings.get(name)?.personal ?? 'none') !== 'none') return false;
      const meaning = meanings.get(name)?.name;
      if (meaning === 'amount' || meaning === 'quantity') return true;
      return (type.kind === 'decimal' && type.scale > 0) || (type.kind === 'float' && meaning === undefined);
    })
    .map(({ name }) => name);
}

/** When a row happened, by its columns: never when it was changed. */
export function timeOf({ evidence }: AnalysedTable): string | null {
  const times = evidence.table.fields.filter(({ type }) => type.kind === 'timestamp' || type.kind === 'date');
  const named = (pattern: RegExp) => (field: SourceField) => pattern.test(nameTokens(field.name).join(' '));
  const events = times.filter((field) => !named(CHANGE_TIME)(field));
  return (events.find(named(EVENT_TIME)) ?? events[0])?.name ?? null;
}

export function fieldOf(table: AnalysedTable, column: string): SourceField | undefined {
  return table.evidence.table.fields.find(({ name }) => name === column);
}

export function nameOf({ evidence }: AnalysedTable): string {
  return formatTableName(evidence.table.table);
}
