import { deriveOrigins, mergeOrigins, NO_ORIGINS, type Origins, type TracedColumn } from './origins.ts';

/** Thrown inside of the tracing where it would have to guess. */
export class Untraceable extends Error {}

/** An item of FROM. */
export interface ScopeSource {
  /** In lower case. */
  readonly alias: string;
  readonly columns: readonly TracedColumn[];
}

interface VisibleSource extends ScopeSource {
  /** Columns that USING has merged into one of an earlier source, in lower case. */
  readonly merged: ReadonlySet<string>;
}

/** The queries that WITH names at a place, by lower-cased name. */
export type CommonTables = ReadonlyMap<string, readonly TracedColumn[]>;

/** What names mean inside of one SELECT. */
export class Scope {
  readonly commonTables: CommonTables;
  /** The SELECT around this one, whose columns a subquery may name. */
  readonly outer: Scope | undefined;
  #sources: VisibleSource[] = [];
  readonly #mergedColumns = new Map<string, Origins>();
  /** Columns of the SELECT list by lower-cased name, as they become known. */
  readonly aliases = new Map<string, Origins>();
  readonly #parameters: ReadonlySet<string>;

  constructor(
    commonTables: CommonTables,
    outer: Scope | undefined,
    parameters: ReadonlySet<string> = new Set(),
  ) {
    this.commonTables = commonTables;
    this.outer = outer;
    this.#parameters = parameters;
  }

  /** The same scope with the parameters of a lambda in front. */
  withParameters(names: readonly string[]): Scope {
    return new Scope(this.commonTables, this, new Set(names));
  }

  get sourceCount(): number {
    return this.#sources.length;
  }

  add(source: ScopeSource): void {
    this.#sources.push({ ...source, merged: new Set() });
  }

  /** Leaves only the first sources: the right side of a semi join is not seen after it. */
  keepFirst(count: number): void {
    this.#sources = this.#sources.slice(0, count);
  }

  /** Names of columns that sources on both sides of `boundary` have, as the left side writes them. */
  sharedColumns(boundary: number): readonly string[] {
    const right = new Set(
      this.#sources.slice(boundary).flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase())),
    );
    const left = this.#sources.slice(0, boundary).flatMap(({ columns }) => columns.map(({ name }) => name));
    return [...new Set(left.filter((name) => right.has(name.toLowerCase())))];
  }

  /** Makes one column of the two that USING names; answers with both. */
  mergeColumn(name: string, boundary: number, joinType: string): readonly [left: Origins, right: Origins] {
    const key = name.toLowerCase();
    const left = this.#mergedColumns.get(key) ?? findColumn(this.#sources.slice(0, boundary), key);
    const right = findColumn(this.#sources.slice(boundary), key);
    if (left === undefined || right === undefined) throw new Untraceable(name);
    const both = deriveOrigins(mergeOrigins([left, right]), 'transformed');
    this.#mergedColumns.set(
      key,
      joinType === 'RIGHT' ? right : joinType === 'OUTER' || joinType === 'FULL' ? both : left,
    );
    this.#sources = this.#sources.map((source, index) =>
      index < boundary ? source : { ...source, merged: new Set([...source.merged, key]) },
    );
    return [left, right];
  }

  /** All columns in the order of `*`, or those of one source for `source.*`. */
  allColumns(alias = ''): readonly (TracedColumn & { readonly source: string })[] {
    const wanted = alias.toLowerCase();
    if (wanted !== '' && !this.#sources.some((source) => source.alias === wanted)) {
      if (this.outer === undefined) throw new Untraceable(alias);
      return this.outer.allColumns(alias);
    }
    return this.#sources.flatMap((source) =>
      wanted !== '' && source.alias !== wanted
        ? []
        : source.columns
            .filter(({ name }) => wanted !== '' || !source.merged.has(name.toLowerCase()))
            .map((column) => ({
              ...column,
              source: source.alias,
              origins:
                (wanted === '' ? this.#mergedColumns.get(column.name.toLowerCase()) : undefined) ??
                column.origins,
            })),
    );
  }

  /** What a dotted name is made of; undefined when no column has it. `isAliasFirst`: in ORDER BY the SELECT list comes first. */
  resolve(names: readonly string[], isAliasFirst = false): Origins | undefined {
    const [first = '', second] = names.map((name) => name.toLowerCase());
    if (this.#parameters.has(first)) return NO_ORIGINS;
    if (second === undefined) {
      const alias = this.aliases.get(first);
      if (isAliasFirst && alias !== undefined) return alias;
      return (
        this.#mergedColumns.get(first) ??
        findColumn(this.#sources, first) ??
        alias ??
        this.#wholeRow(first) ??
        this.outer?.resolve(names)
      );
    }
    const source = this.#sources.filter(({ alias }) => alias === first);
    const qualified = findColumn(source, second);
    if (qualified !== undefined)
      return names.length > 2 ? deriveOrigins(qualified, 'transformed') : qualified;
    // A field of a struct.
    const struct = source.length > 0 ? undefined : findColumn(this.#sources, first);
    return struct === undefined ? this.outer?.resolve(names) : deriveOrigins(struct, 'transformed');
  }

  #wholeRow(alias: string): Origins | undefined {
    const source = this.#sources.find((candidate) => candidate.alias === alias);
    if (source === undefined) return undefined;
    return deriveOrigins(mergeOrigins(source.columns.map(({ origins }) => origins)), 'transformed');
  }
}

function findColumn(sources: readonly ScopeSource[], key: string): Origins | undefined {
  for (const { columns } of sources) {
    const found = columns.find(({ name }) => name.toLowerCase() === key);
    if (found !== undefined) return found.origins;
  }
  return undefined;
}
