import type { LogicalType } from '@millrace/spec';

import { seededRandom, type Random } from '../anomaly/simulator/seeded-random.ts';
import type { TableEvidence } from '../evidence/table-evidence.ts';
import { INTEGER, makeEvidence, MOMENT, MONEY, TEXT, type MadeColumn } from './make-evidence.ts';

const NOUNS =
  'customer order line product payment invoice user address city country store film rental staff event log'.split(
    ' ',
  );
const COLUMNS =
  'name email phone status total quantity price note created_at updated_at password is_active birth_date zip url'.split(
    ' ',
  );
/** Names that a database can have and a document must survive. */
const HOSTILE = [
  'a.b',
  'say "hi"',
  "o'neil",
  '# comment',
  'line\nbreak',
  'next\u0085line\u2028para',
  'null',
  'true',
  '123',
  '- dash',
  '{ flow: [x] }',
  '&anchor *alias !tag',
  '__proto__',
  'constructor',
  'ключ',
  '表',
  '🚲',
  '\ufeffbom',
  '\u202eright',
  'a'.repeat(200),
  ' leading and trailing ',
  '%TAG',
  '@at `tick`',
  'tab\there',
  '_millrace_own',
  '*',
  '\ud800',
];
const TYPES: readonly LogicalType[] = [
  INTEGER,
  TEXT,
  MOMENT,
  MONEY,
  { kind: 'boolean' },
  { kind: 'json' },
  { kind: 'bytes' },
  { kind: 'date' },
  { kind: 'float', bits: 64 },
  { kind: 'uuid' },
  { kind: 'integer', bits: 64, signed: false },
];

/** Tables as no one would design them and some database has them; the same for the same seed. */
export function randomSchema(seed: number, tables: number): readonly TableEvidence[] {
  const random = seededRandom(seed);
  const taken = new Set<string>();
  return Array.from({ length: tables }, (_, index) => {
    const name = uniqueName(random, NOUNS, taken);
    const rows = random.uniform() < 0.2 ? 0 : Math.floor(random.between(1, 400));
    const columns = randomColumns(random, rows);
    const [first] = columns;
    const withSchema = random.uniform() < 0.5;
    const target = NOUNS[index % NOUNS.length] ?? '';
    return makeEvidence({
      name,
      ...(withSchema ? { schema: pick(random, ['shop', 'public', 'a.b', 'x"y']) } : {}),
      kind: random.uniform() < 0.1 ? 'view' : 'table',
      columns,
      key: random.uniform() < 0.6 && first !== undefined ? [first.name] : [],
      indexedColumns: columns.filter(() => random.uniform() < 0.5).map((column) => column.name),
      estimatedRows: random.uniform() < 0.2 ? null : Math.floor(10 ** random.between(0, 9)),
      isComplete: random.uniform() < 0.5,
      notes: random.uniform() < 0.2 ? [`a note with\nhostile ${pick(random, HOSTILE)}`] : [],
      pairs: columns.flatMap((left) =>
        columns.slice(0, 2).map((right) => ({
          left: left.name,
          right: right.name,
          rows,
          less: 0,
          greater: rows,
          rankCorrelation: 1,
        })),
      ),
      ...(random.uniform() < 0.3 && first !== undefined
        ? { foreignKeys: [{ columns: [first.name], to: { table: { name: target }, columns: ['id'] } }] }
        : {}),
    });
  });
}

function randomColumns(random: Random, rows: number): readonly MadeColumn[] {
  const taken = new Set<string>();
  const isSampled = random.uniform() < 0.85;
  return Array.from({ length: Math.floor(random.between(1, 18)) }, (_, index): MadeColumn => {
    const name =
      index === 0 && random.uniform() < 0.6
        ? claim('id', taken)
        : uniqueName(random, [...COLUMNS, ...NOUNS.map((noun) => `${noun}_id`)], taken);
    const type = name.endsWith('_at') ? MOMENT : name.endsWith('id') ? INTEGER : pick(random, TYPES);
    const nulls = random.uniform() < 0.4 ? random.uniform() : 0;
    const distinct = Math.ceil(10 ** random.between(0, 3));
    const values = Array.from({ length: rows }, (__, row) => {
      if (random.uniform() < nulls) return null;
      if (name === 'id') return row + 1;
      return valueOf(type, Math.floor(random.uniform() * distinct), random);
    });
    return { name, type, nullable: random.uniform() < 0.4 || nulls > 0, ...(isSampled ? { values } : {}) };
  });
}

function valueOf(type: LogicalType, number: number, random: Random): string | number {
  switch (type.kind) {
    case 'string':
      return random.uniform() < 0.2 ? pick(random, HOSTILE) : `value ${number}`;
    case 'timestamp':
      return `2026-01-${String(1 + (number % 28)).padStart(2, '0')} 10:00:00`;
    default:
      return number;
  }
}

function uniqueName(random: Random, plain: readonly string[], taken: Set<string>): string {
  const base = random.uniform() < 0.25 ? pick(random, HOSTILE) : pick(random, plain);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}${number}`;
    if (!taken.has(name)) return claim(name, taken);
  }
}

function claim(name: string, taken: Set<string>): string {
  taken.add(name);
  return name;
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.uniform() * items.length)];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
}
