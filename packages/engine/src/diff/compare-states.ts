import type { Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import type { StagingDatabase, StagingValue } from '../stage/staging-database.ts';

const VALUE_CHARACTERS = 200;
/** Says of which side of a full join a row is. */
const IS_THERE = '"__millrace_is_there"';

/** A table at one time: anything that can follow FROM, and its columns. */
export interface TableRows {
  readonly relation: string;
  readonly fields: readonly Field[];
}

/** How two states of a table differ. */
export interface StateDifference {
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly added: number;
  readonly removed: number;
  /** Rows with the same key and other values; without a key such rows count as removed and added. */
  readonly changed: number;
  readonly addedColumns: readonly string[];
  readonly removedColumns: readonly string[];
  /** By how many rows each column changed, most first. */
  readonly columns: readonly { readonly column: string; readonly rows: number }[];
  readonly samples: DifferenceSamples;
}

/** Values as text, null for NULL. */
export interface DifferenceSamples {
  /** The titles of `added` and `removed`. */
  readonly columns: readonly string[];
  readonly added: readonly (readonly (string | null)[])[];
  readonly removed: readonly (readonly (string | null)[])[];
  readonly changed: readonly {
    readonly key: readonly string[];
    readonly values: readonly {
      readonly column: string;
      readonly before: string | null;
      readonly after: string | null;
    }[];
  }[];
}

/** Compares two states of a table by key, or as they are without one; DuckDB spills what does not fit into memory. */
export async function compareStates(
  database: StagingDatabase,
  before: TableRows,
  after: TableRows,
  { key, samples }: { readonly key: readonly string[]; readonly samples: number },
): Promise<StateDifference> {
  const known = new Set(before.fields.map(({ name }) => name));
  const now = new Set(after.fields.map(({ name }) => name));
  const shared = after.fields.filter(({ name }) => known.has(name));
  const schema = {
    addedColumns: [...now].filter((name) => !known.has(name)),
    removedColumns: [...known].filter((name) => !now.has(name)),
  };
  const isKeyed =
    key.length > 0 &&
    key.every((name) => shared.some((field) => field.name === name)) &&
    (await isUnique(database, before.relation, key)) &&
    (await isUnique(database, after.relation, key));
  const compared = { database, before, after, shared, samples };
  return { ...schema, ...(isKeyed ? await compareByKey({ ...compared, key }) : await compareBags(compared)) };
}

type Compared = Pick<
  StateDifference,
  'rowsBefore' | 'rowsAfter' | 'added' | 'removed' | 'changed' | 'columns' | 'samples'
>;

interface Comparison {
  readonly database: StagingDatabase;
  readonly before: TableRows;
  readonly after: TableRows;
  readonly shared: readonly Field[];
  readonly samples: number;
}

async function compareByKey(comparison: Comparison & { readonly key: readonly string[] }): Promise<Compared> {
  const { database, before, after, shared, key, samples } = comparison;
  const values = shared.filter(({ name }) => !key.includes(name));
  // NULL is a value of a key like any other: a group of its own, as aggregates and dedupe make it.
  const on = key.map((name) => `b.${quote(name)} IS NOT DISTINCT FROM a.${quote(name)}`).join(' AND ');
  const marked = ({ relation }: TableRows) => `(SELECT *, true AS ${IS_THERE} FROM ${relation})`;
  const [isBefore, isAfter] = [`coalesce(b.${IS_THERE}, false)`, `coalesce(a.${IS_THERE}, false)`];
  const joined = `${marked(before)} AS b FULL JOIN ${marked(after)} AS a ON ${on}`;
  const other = values.map(({ name }) => `b.${quote(name)} IS DISTINCT FROM a.${quote(name)}`);
  const isChanged = `${isBefore} AND ${isAfter} AND (${other.length === 0 ? 'false' : other.join(' OR ')})`;
  const [row = {}] = await database.query(
    `SELECT ${[
      `count_if(${isBefore}) AS was`,
      `count_if(${isAfter}) AS is_now`,
      `count_if(NOT (${isBefore})) AS added`,
      `count_if(NOT (${isAfter})) AS removed`,
      `count_if(${isChanged}) AS changed`,
      ...other.map(
        (condition, index) => `count_if(${isBefore} AND ${isAfter} AND ${condition}) AS c${index}`,
      ),
    ].join(', ')} FROM ${joined}`,
  );
  const count = (name: string): number => Number(row[name] ?? 0);
  const list = (side: string) =>
    shared.map((field, index) => `${textOf(field, side)} AS v${index}`).join(', ');
  const order = (side: string) => key.map((name) => `${side}.${quote(name)}`).join(', ');
  const some = async (side: string, condition: string, isAny: boolean) =>
    isAny
      ? database.query(
          `SELECT ${list(side)} FROM ${joined} WHERE ${condition} ORDER BY ${order(side)} LIMIT ${samples}`,
        )
      : [];
  const pairs = values.map(
    (field, index) =>
      `${textOf(field, 'b')} AS b${index}, ${textOf(field, 'a')} AS a${index}, ${other[index] ?? 'false'} AS d${index}`,
  );
  const keys = key.map((name, index) => `CAST(a.${quote(name)} AS VARCHAR) AS k${index}`);
  const changed =
    count('changed') === 0
      ? []
      : await database.query(
          `SELECT ${[...keys, ...pairs].join(', ')} FROM ${joined} WHERE ${isChanged} ORDER BY ${order('a')} LIMIT ${samples}`,
        );
  return {
    rowsBefore: count('was'),
    rowsAfter: count('is_now'),
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    columns: values
      .map(({ name }, index) => ({ column: name, rows: count(`c${index}`) }))
      .filter(({ rows }) => rows > 0)
      .toSorted((left, right) => right.rows - left.rows),
    samples: {
      columns: shared.map(({ name }) => name),
      added: cellsOf(await some('a', `NOT (${isBefore})`, count('added') > 0), shared),
      removed: cellsOf(await some('b', `NOT (${isAfter})`, count('removed') > 0), shared),
      changed: changed.map((found) => ({
        key: key.map((_, index) => text(found[`k${index}`]) ?? 'NULL'),
        values: values.flatMap(({ name }, index) =>
          found[`d${index}`] === true
            ? [{ column: name, before: text(found[`b${index}`]), after: text(found[`a${index}`]) }]
            : [],
        ),
      })),
    },
  };
}

/** Each row as often as it is there. */
async function compareBags({ database, before, after, shared, samples }: Comparison): Promise<Compared> {
  const list = shared.map(({ name }) => quote(name)).join(', ');
  const bag = ({ relation }: TableRows) => `SELECT ${list === '' ? '1 AS one' : list} FROM ${relation}`;
  const added = `(${bag(after)} EXCEPT ALL ${bag(before)})`;
  const removed = `(${bag(before)} EXCEPT ALL ${bag(after)})`;
  const [row = {}] = await database.query(
    `SELECT (SELECT count(*) FROM ${before.relation}) AS was, (SELECT count(*) FROM ${after.relation}) AS is_now, ` +
      `(SELECT count(*) FROM ${added}) AS added, (SELECT count(*) FROM ${removed}) AS removed`,
  );
  const count = (name: string): number => Number(row[name] ?? 0);
  const cells = shared.map((field, index) => `${textOf(field, 'r')} AS v${index}`).join(', ');
  const some = async (rows: string, isAny: boolean) =>
    isAny && cells !== ''
      ? database.query(`SELECT ${cells} FROM ${rows} AS r ORDER BY ALL LIMIT ${samples}`)
      : [];
  return {
    rowsBefore: count('was'),
    rowsAfter: count('is_now'),
    added: count('added'),
    removed: count('removed'),
    changed: 0,
    columns: [],
    samples: {
      columns: shared.map(({ name }) => name),
      added: cellsOf(await some(added, count('added') > 0), shared),
      removed: cellsOf(await some(removed, count('removed') > 0), shared),
      changed: [],
    },
  };
}

/** Whether the key finds one row at most. */
async function isUnique(
  database: StagingDatabase,
  relation: string,
  key: readonly string[],
): Promise<boolean> {
  const names = key.map(quote);
  const [row] = await database.query(
    `SELECT count(*) = count(DISTINCT row(${names.join(', ')})) AS is_unique FROM ${relation} AS r`,
  );
  return row?.['is_unique'] === true;
}

function textOf({ name, type }: Field, side: string): string {
  const column = `${side}.${quote(name)}`;
  return `left(${type.kind === 'bytes' ? `hex(${column})` : `CAST(${column} AS VARCHAR)`}, ${VALUE_CHARACTERS})`;
}

function cellsOf(
  rows: readonly Readonly<Record<string, StagingValue>>[],
  fields: readonly Field[],
): readonly (readonly (string | null)[])[] {
  return rows.map((row) => fields.map((_, index) => text(row[`v${index}`])));
}

function text(value: StagingValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function quote(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}
