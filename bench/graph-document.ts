import type { CompileConnection } from '../packages/compiler/src/index.ts';
import type { LogicalType, SourceTable } from '../packages/spec/src/index.ts';

export interface GraphSize {
  readonly steps: number;
  readonly edges: number;
}

const SOURCES_SHARE = 0.01;
const DESTINATIONS_SHARE = 0.04;
/** Steps stand in so many levels and read those before their own, mostly of the last ones. */
const LEVELS = 40;
const REACH = 3;
/** After so many columns of its own making a line of steps is cut back to the columns it began with. */
const MAX_MADE_COLUMNS = 12;

interface Made {
  readonly name: string;
  /** Beside those of the sources. */
  readonly columns: number;
  readonly isTotals: boolean;
  readonly place: number;
}

const COLUMNS: readonly (readonly [string, LogicalType])[] = [
  ['id', { kind: 'integer', bits: 64, signed: true }],
  ['customer_id', { kind: 'integer', bits: 64, signed: true }],
  ['status', { kind: 'string' }],
  ['amount', { kind: 'decimal', precision: 12, scale: 2 }],
  ['quantity', { kind: 'integer', bits: 32, signed: true }],
  ['created_at', { kind: 'timestamp', timezone: false }],
  ['region', { kind: 'string' }],
  ['note', { kind: 'string' }],
];
const BASE = COLUMNS.map(([name]) => name).join(', ');

/**
 * A pipeline of filters, derivations, joins, selections and aggregations as a person would write it, every expression with
 * numbers of its own; the same text each time.
 */
export function graphDocument({ steps, edges }: GraphSize): string {
  const random = randomNumbers(7);
  const sources = Math.round(steps * SOURCES_SHARE);
  const destinations = Math.round(steps * DESTINATIONS_SHARE);
  const transforms = steps - sources - destinations;
  let joins = edges - transforms - destinations;
  const lines = ['version: 1', 'name: graph', 'steps:'];
  const made: Made[] = [];
  const unread = new Set<Made>();
  const add = (step: Made): void => {
    made.push(step);
    unread.add(step);
  };
  for (let index = 0; index < sources; index += 1) {
    const name = `source${index}`;
    lines.push(`  ${name}:`, `    source: { connection: shop, table: t${index} }`);
    add({ name, columns: 0, isTotals: false, place: made.length });
  }
  const width = Math.ceil(transforms / LEVELS);
  let before = 0;
  const pick = (): Made => {
    for (;;) {
      const oldest = [...unread].find((step) => !step.isTotals && step.place < before);
      const recent = made[before - 1 - Math.floor(random() * Math.min(REACH * width, before))];
      const chosen = random() < 0.8 ? (oldest ?? recent) : recent;
      if (chosen === undefined || chosen.isTotals) continue;
      unread.delete(chosen);
      return chosen;
    }
  };
  for (let index = 0; index < transforms; index += 1) {
    const name = `s${index}`;
    if (index % width === 0) before = made.length;
    const from = pick();
    const number = 1 + Math.floor(random() * 100_000);
    const isJoin = random() < joins / (transforms - index);
    let columns = from.columns;
    let isTotals = false;
    lines.push(`  ${name}:`);
    if (isJoin) {
      joins -= 1;
      let right = pick();
      while (right === from) right = pick();
      const kind = random();
      const on = random() < 0.5 ? '[id]' : '{ customer_id: id }';
      const way =
        kind < 0.3 || columns >= MAX_MADE_COLUMNS
          ? `type: ${kind < 0.15 ? 'anti' : 'semi'}`
          : `type: ${kind < 0.7 ? 'inner' : 'left'}, columnsRight: [amount], prefixRight: ${name}_`;
      if (!way.startsWith('type: anti') && !way.startsWith('type: semi')) columns += 1;
      lines.push(`    join: { left: ${from.name}, right: ${right.name}, on: ${on}, ${way} }`);
    } else if (columns >= MAX_MADE_COLUMNS) {
      columns = 0;
      lines.push(`    select: { from: ${from.name}, keep: [${BASE}] }`);
    } else {
      const kind = random();
      if (kind < 0.45)
        lines.push(
          '    filter:',
          `      from: ${from.name}`,
          `      where: amount > ${number} and status <> 'cancelled'`,
        );
      else if (kind < 0.98) {
        columns += 1;
        lines.push(
          '    derive:',
          `      from: ${from.name}`,
          '      columns:',
          `        ${name}_net: amount * quantity - ${number} # without tax`,
        );
      } else {
        isTotals = true;
        lines.push(
          '    aggregate:',
          `      from: ${from.name}`,
          '      by: [region]',
          `      measures: { orders: count(*), total: sum(amount + ${number}) }`,
        );
      }
    }
    add({ name, columns, isTotals, place: made.length });
  }
  if (unread.size > destinations) throw new RangeError(`${unread.size} steps would be read by nobody.`);
  const ends = [...unread, ...made.filter((step) => !unread.has(step)).slice(unread.size - destinations)];
  for (const [index, { name }] of ends.entries()) {
    lines.push(
      `  publish${index}:`,
      `    destination: { from: ${name}, connection: warehouse, table: mart.t${index} }`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function graphTables({ steps }: GraphSize): readonly SourceTable[] {
  return Array.from({ length: Math.round(steps * SOURCES_SHARE) }, (_, index) => ({
    table: { name: `t${index}` },
    kind: 'table',
    fields: COLUMNS.map(([name, type]) => ({ name, type, nullable: name !== 'id', nativeType: type.kind })),
    key: ['id'],
    indexedColumns: ['id'],
    estimatedRows: 1000,
    estimatedBytes: 100_000,
    cursorCandidates: [],
    notes: [],
  }));
}

export const GRAPH_CONNECTIONS: Readonly<Record<string, CompileConnection>> = {
  shop: {
    connector: 'shop',
    source: {
      extractIn: 'worker',
      snapshot: 'transaction',
      loadModes: ['full', 'incremental'],
      incrementalBy: 'column',
      hasDigest: true,
      hasSchemas: true,
    },
  },
  warehouse: {
    connector: 'warehouse',
    destination: {
      writeModes: ['append', 'replace', 'merge'],
      hasSchemas: true,
      identifiers: { maxBytes: 63, isCaseSensitive: false },
      parallelPublishes: 1,
    },
  },
};

/** Numbers from 0 to 1, the same after the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
