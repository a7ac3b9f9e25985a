import type { Random } from '@millrace/connector-sdk/testing';

import { ENRICHING } from './random-enriching.ts';
import { RESHAPING } from './random-reshaping.ts';

interface Built {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * A pipeline of random steps over the tables of `WarehouseShop`, each of which is meaningful whatever came before it, and
 * the tables that it publishes. The same seed makes the same pipeline.
 */
export function randomPipeline(random: Random): {
  readonly text: string;
  readonly tables: readonly string[];
} {
  const customers =
    random.next() < 0.5 ? '' : ', load: { mode: incremental, cursor: changed, deletes: detect }';
  const lines = [
    'version: 1',
    'name: random',
    'steps:',
    '  orders: { source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } } }',
    `  customers: { source: { connection: shop, table: customers${customers} } }`,
  ];
  const built: Built[] = [
    { name: 'orders', columns: ['id', 'customer', 'status', 'amount', 'changed'] },
    { name: 'customers', columns: ['id', 'name', 'country', 'changed'] },
  ];
  const pick = <T>(items: readonly T[]): T => items[random.integer(0, items.length - 1)] as T;
  for (let index = 1; index <= random.integer(2, 6); index++) {
    const name = `s${index}`;
    const input = pick(random.next() < 0.6 ? built.slice(-2) : built);
    const made = pick(MAKERS)(name, input, built, random, pick);
    lines.push(`  ${name}: ${made.step}`);
    built.push({ name, columns: made.columns });
  }
  const tables: string[] = [];
  const read = new Set(lines.flatMap((line) => line.match(/\b(?:orders|customers|s\d+)\b/g) ?? []));
  for (const { name } of built.slice(2)) {
    const isSink = name === built.at(-1)?.name || random.next() < 0.4 || isUnused(name, lines);
    if (!isSink && read.has(name)) continue;
    tables.push(`t_${name}`);
    lines.push(
      `  p_${name}: { destination: { from: ${name}, connection: warehouse, table: mart.t_${name}, write: replace } }`,
    );
  }
  return { text: `${lines.join('\n')}\n`, tables };
}

function isUnused(name: string, lines: readonly string[]): boolean {
  return !lines.some((line) => new RegExp(`(?:from|in|left|right): ${name}\\b|[[ ]${name}[,\\]]`).test(line));
}

export type Pick = <T>(items: readonly T[]) => T;
export type Maker = (
  name: string,
  input: Built,
  built: readonly Built[],
  random: Random,
  pick: Pick,
) => { readonly step: string; readonly columns: readonly string[] };

const filter: Maker = (_, input, __, random, pick) => {
  const column = pick(input.columns);
  const where = pick([
    `"${column}" IS NOT NULL`,
    `hash(CAST("${column}" AS VARCHAR)) % 4 <> ${random.integer(0, 3)}`,
    `CAST("${column}" AS VARCHAR) > '3'`,
  ]);
  return { step: `{ filter: { from: ${input.name}, where: ${quote(where)} } }`, columns: input.columns };
};

const derive: Maker = (name, input, _, __, pick) => {
  const column = pick(input.columns);
  const made = `${name}_x`;
  const expression = pick([
    `length(CAST("${column}" AS VARCHAR))`,
    `coalesce(CAST("${column}" AS VARCHAR), 'none')`,
    `CASE WHEN "${column}" IS NULL THEN 0 ELSE 1 END`,
  ]);
  return {
    step: `{ derive: { from: ${input.name}, columns: { ${made}: ${quote(expression)} } } }`,
    columns: [...input.columns, made],
  };
};

const select: Maker = (name, input, _, random, pick) => {
  const kept = input.columns.filter(() => random.next() < 0.8);
  const columns = kept.length === 0 ? [pick(input.columns)] : kept;
  const [first] = columns;
  const renamed = random.next() < 0.5 ? `${name}_r` : undefined;
  const rename = renamed === undefined ? '' : `, rename: { ${first}: ${renamed} }`;
  return {
    step: `{ select: { from: ${input.name}, keep: [${columns.join(', ')}]${rename} } }`,
    columns: renamed === undefined ? columns : [renamed, ...columns.slice(1)],
  };
};

const aggregate: Maker = (name, input, _, random, pick) => {
  const column = pick(input.columns);
  const by =
    random.next() < 0.7 ? `[${column}]` : `{ ${name}_g: ${quote(`length(CAST("${column}" AS VARCHAR))`)} }`;
  const measured = pick(input.columns);
  const having = random.next() < 0.3 ? `, having: ${name}_n > 1` : '';
  return {
    step: `{ aggregate: { from: ${input.name}, by: ${by}, measures: { ${name}_n: count(*), ${name}_d: ${quote(`count(DISTINCT "${measured}")`)}, ${name}_m: ${quote(`max("${measured}")`)} }${having} } }`,
    columns: [by.startsWith('[') ? column : `${name}_g`, `${name}_n`, `${name}_d`, `${name}_m`],
  };
};

const join: Maker = (name, input, built, _, pick) => {
  const right = pick(built);
  const type = pick(['inner', 'left', 'right', 'full', 'semi', 'anti']);
  const [left, other] = [pick(input.columns), pick(right.columns)];
  // Compared as text, so that any two columns can meet.
  const columns =
    type === 'semi' || type === 'anti'
      ? input.columns
      : [...input.columns, ...right.columns.map((column) => `${name}_${column}`)];
  return {
    step: `{ sql: { from: { l: ${input.name}, r: ${right.name} }, query: ${quote(sqlJoin(type, left, other, name, right.columns))} } }`,
    columns,
  };
};

function sqlJoin(
  type: string,
  left: string,
  right: string,
  name: string,
  columns: readonly string[],
): string {
  const list = columns.map((column) => `r."${column}" AS "${name}_${column}"`).join(', ');
  const selected = type === 'semi' || type === 'anti' ? 'l.*' : `l.*, ${list}`;
  return `SELECT ${selected} FROM l ${type.toUpperCase()} JOIN r ON CAST(l."${left}" AS VARCHAR) = CAST(r."${right}" AS VARCHAR)`;
}

/** A join that the product knows as one: between columns of one type. */
const knownJoin: Maker = (name, input, built, random, pick) => {
  const type = pick(['inner', 'left', 'right', 'full', 'semi', 'anti']);
  const column = input.columns.find((candidate) => candidate === 'customer' || candidate === 'id');
  const right = built.find((candidate) => candidate.name === 'customers');
  if (column === undefined || right === undefined || input.name === 'customers')
    return join(name, input, built, random, pick);
  const repeats = type === 'inner' || type === 'left';
  const taken = right.columns.filter((candidate) => !(repeats && candidate === 'id'));
  return {
    step: `{ join: { left: ${input.name}, right: customers, type: ${type}, on: { ${column}: id }, prefixRight: ${name}_ } }`,
    columns:
      type === 'semi' || type === 'anti'
        ? input.columns
        : [...input.columns, ...taken.map((candidate) => `${name}_${candidate}`)],
  };
};

const union: Maker = (name, input, built, random, pick) => {
  const other = pick(built.filter((candidate) => candidate.columns.some((column) => column === 'id')));
  if (!input.columns.includes('id') || other.name === input.name)
    return derive(name, input, built, random, pick);
  return {
    step: `{ union: { from: [${input.name}, ${other.name}], columns: common, label: ${name}_from } }`,
    columns: [...input.columns.filter((column) => other.columns.includes(column)), `${name}_from`],
  };
};

const MAKERS: readonly Maker[] = [
  filter,
  derive,
  select,
  aggregate,
  aggregate,
  join,
  knownJoin,
  knownJoin,
  union,
  ...RESHAPING,
  ...ENRICHING,
];

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
