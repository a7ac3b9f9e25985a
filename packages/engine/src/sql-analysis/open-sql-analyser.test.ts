import {
  isSqlProblem,
  type DescribedColumn,
  type ParsedExpression,
  type ParsedQuery,
  type SqlAnalyser,
  type SqlProblem,
  type SqlRelation,
} from '@millrace/compiler';
import type { LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openSqlAnalyser } from './open-sql-analyser.ts';

const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const TEXT: LogicalType = { kind: 'string' };

function relation(name: string, columns: Readonly<Record<string, LogicalType>>): SqlRelation {
  return {
    name,
    fields: Object.entries(columns).map(([column, type]) => ({ name: column, type, nullable: true })),
  };
}

const ORDERS = relation('orders', {
  id: INT64,
  customer_id: INT64,
  status: TEXT,
  total: { kind: 'decimal', precision: 12, scale: 2 },
  created_at: { kind: 'timestamp', timezone: false },
  doc: { kind: 'json' },
});
const CUSTOMERS = relation('customers', { id: INT64, name: TEXT });
const RELATIONS = [ORDERS, CUSTOMERS];

let analyser: SqlAnalyser & AsyncDisposable;

beforeAll(async () => {
  analyser = await openSqlAnalyser();
});

afterAll(() => analyser[Symbol.asyncDispose]());

function answered<Answer extends object>(answer: Answer | SqlProblem): Answer {
  if (isSqlProblem(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

function refused(answer: object): SqlProblem {
  if (!isSqlProblem(answer)) throw new Error(`not refused: ${JSON.stringify(answer)}`);
  return answer;
}

const expression = async (text: string): Promise<ParsedExpression> =>
  answered(await analyser.parseExpression(text));
const query = async (text: string, relations = RELATIONS): Promise<ParsedQuery> =>
  answered(await analyser.parseQuery(text, relations));
const describeSql = async (
  sql: string,
  relations: readonly SqlRelation[] = RELATIONS,
): Promise<readonly DescribedColumn[]> => answered(await analyser.describe({ sql, relations }));
const problem = async (sql: string, relations: readonly SqlRelation[] = RELATIONS): Promise<SqlProblem> =>
  refused(await analyser.describe({ sql, relations }));

describe('an expression', () => {
  it.each<[string, readonly string[]]>([
    ['status', ['status@0']],
    ['orders.status', ['orders.status@7']],
    ['a + b.c', ['a@0', 'b.c@6']],
    ["a || 'é😀' || b", ['a@0', 'b@14']],
    ['a\u00a0+ b', ['a@0', 'b@4']],
    ['"a"".b"."c d"', ['a".b.c d@8']],
    ['x BETWEEN lo AND hi', ['x@0', 'lo@10', 'hi@17']],
    ['list_transform(l, x -> x + y)', ['l@15', 'y@27']],
    ['list_transform(l, lambda x, i: x + i + z)', ['l@15', 'z@39']],
    ['[e + n FOR e IN m IF e > k]', ['n@5', 'm@16', 'k@25']],
    ["doc -> 'a' ->> 'b'", ['doc@0']],
    ['a -- b', ['a@0']],
    ['a /* b; */', ['a@0']],
    ['count(*)', []],
  ])('%s mentions %s', async (text, expected) => {
    const { columns } = await expression(text);
    expect(
      columns.map(({ table, column, offset }) => `${table === null ? '' : `${table}.`}${column}@${offset}`),
    ).toEqual(expected);
  });

  it('is told apart by what it is', async () => {
    expect(await expression('orders.id')).toMatchObject({ column: { table: 'orders', column: 'id' } });
    expect(await expression('(id)')).toMatchObject({ column: { table: null, column: 'id' } });
    expect(await expression('id::VARCHAR')).toMatchObject({
      column: null,
      isAggregate: false,
      isWindow: false,
    });
    expect(await expression('sum(a) / count(*)')).toMatchObject({ isAggregate: true, isWindow: false });
    expect(await expression('sum(a) OVER (PARTITION BY b)')).toMatchObject({
      isAggregate: false,
      isWindow: true,
    });
    expect(await expression('sum(sum(a)) OVER ()')).toMatchObject({ isAggregate: true, isWindow: true });
    expect(await expression('(SELECT max(a) FROM t)')).toMatchObject({
      isAggregate: false,
      hasSubquery: true,
    });
    expect(await expression('geomean(a)')).toMatchObject({ isAggregate: true, functions: ['geomean'] });
    expect(await expression('UPPER(trim(a)) LIKE b')).toMatchObject({ functions: ['upper', 'trim'] });
  });

  it.each([
    'random()',
    'uuid() || a',
    'now()',
    'current_date',
    'CURRENT_TIMESTAMP',
    'ago(INTERVAL 1 DAY)',
    'a > (SELECT today())',
  ])('%s is not deterministic', async (text) => expect((await expression(text)).isDeterministic).toBe(false));

  it.each([
    'a + 1',
    "strftime(a, '%Y')",
    "error('x')",
    'hash(a)',
    "TIMESTAMP '2020-01-01'",
    'orders."current_date"',
  ])('%s is deterministic', async (text) => expect((await expression(text)).isDeterministic).toBe(true));

  it.each<[string, Partial<SqlProblem>]>([
    ['a +', { kind: 'syntax', offset: 3 }],
    ['a) + (b', { kind: 'syntax', offset: 1, length: 1, name: ')' }],
    ['', { kind: 'syntax', offset: null }],
    ['-- nothing', { kind: 'syntax' }],
    ['a;', { kind: 'syntax', offset: 1, name: ';' }],
    ['a, b', { kind: 'syntax', offset: 3 }],
    ['a AS b', { kind: 'syntax', name: 'b' }],
    ['b: a', { kind: 'syntax', name: 'b' }],
    ['a b', { kind: 'syntax', name: 'b' }],
    ['a FROM t', { kind: 'syntax' }],
    ['a WHERE b', { kind: 'syntax' }],
    ['a ORDER BY b', { kind: 'syntax' }],
    ['DISTINCT a', { kind: 'syntax' }],
    ['a UNION SELECT b', { kind: 'syntax' }],
    ['a\0b', { kind: 'syntax', offset: 1, length: 1 }],
    ['*', { kind: 'other', offset: 0 }],
    ['max(COLUMNS(*))', { kind: 'other', offset: 4 }],
    ['a = $1', { kind: 'other' }],
    ['😀 + uper(a)', { kind: 'function', offset: 5, length: 4, name: 'uper', nearest: ['upper'] }],
    ['main.read_text(a)', { kind: 'forbidden', offset: 5, length: 9, name: 'read_text' }],
    ["(SELECT a FROM '/etc/passwd')", { kind: 'forbidden', offset: 15, name: '/etc/passwd' }],
  ])('%j is refused', async (text, expected) => {
    expect(refused(await analyser.parseExpression(text))).toMatchObject(expected);
  });
});

describe('the columns of a query', () => {
  it('have names and types of both systems', async () => {
    const sql =
      'SELECT *, sum(total) OVER (), avg(id) OVER () AS mean, [id] AS list, {a: id} AS record, INTERVAL 1 DAY AS day, created_at::TIMESTAMP_S AS s, NULL AS n FROM orders';
    expect(
      (await describeSql(sql)).map(({ name, nativeType, type }) => [name, nativeType, type?.kind ?? null]),
    ).toEqual([
      ['id', 'BIGINT', 'integer'],
      ['customer_id', 'BIGINT', 'integer'],
      ['status', 'VARCHAR', 'string'],
      ['total', 'DECIMAL(12,2)', 'decimal'],
      ['created_at', 'TIMESTAMP', 'timestamp'],
      ['doc', 'JSON', 'json'],
      ['sum(total) OVER ()', 'DECIMAL(38,2)', 'decimal'],
      ['mean', 'DOUBLE', 'float'],
      ['list', 'BIGINT[]', null],
      ['record', 'STRUCT("a" BIGINT)', null],
      ['day', 'INTERVAL', null],
      ['s', 'TIMESTAMP_S', null],
      ['n', 'INTEGER', 'integer'],
    ]);
  });

  it('keep every logical type', async () => {
    const types: readonly LogicalType[] = [
      ...([8, 16, 32, 64] as const).flatMap((bits): LogicalType[] => [
        { kind: 'integer', bits, signed: true },
        { kind: 'integer', bits, signed: false },
      ]),
      { kind: 'float', bits: 32 },
      { kind: 'float', bits: 64 },
      { kind: 'decimal', precision: 38, scale: 38 },
      { kind: 'timestamp', timezone: true },
      { kind: 'timestamp', timezone: false },
      ...(['boolean', 'string', 'bytes', 'json', 'uuid', 'date', 'time'] as const).map((kind) => ({ kind })),
    ];
    const all = relation('all', Object.fromEntries(types.map((type, index) => [`c${index}`, type])));
    const columns = await describeSql('SELECT * FROM "all"', [all]);
    expect(columns.map(({ type }) => type)).toEqual(types);
  });

  it.each([
    'FROM orders',
    'TABLE orders',
    'SELECT * FROM Orders AS "O"',
    '(SELECT * FROM orders)',
    'WITH orders AS (SELECT * FROM orders) SELECT * FROM orders',
    'SELECT * FROM orders -- all of them',
    '/* all */ SELECT * FROM orders',
    'SELECT * FROM orders UNION ALL SELECT * FROM orders ORDER BY 1',
  ])('are found for %s', async (sql) => {
    expect((await describeSql(sql)).map(({ name }) => name)).toEqual(ORDERS.fields.map(({ name }) => name));
  });

  it('do not need an input', async () => {
    expect(await describeSql('VALUES (1, NULL)', [])).toHaveLength(2);
    expect(await describeSql('WITH x AS (SELECT 1 AS a) SELECT a FROM x', [])).toHaveLength(1);
  });

  it('are the same whether an input is read whole or in part', async () => {
    const [total] = await describeSql(
      'SELECT o.total FROM orders o JOIN customers c ON c.id = o.customer_id',
    );
    expect(total?.type).toEqual({ kind: 'decimal', precision: 12, scale: 2 });
    expect(await describeSql('SELECT count(*) FROM orders, customers')).toHaveLength(1);
    expect((await describeSql('SELECT customers FROM customers'))[0]?.nativeType).toBe(
      'STRUCT("id" BIGINT, "name" VARCHAR)',
    );
    expect(await describeSql('SELECT * FROM customers NATURAL JOIN orders')).toHaveLength(7);
  });

  it.each<[string, Partial<SqlProblem>]>([
    ['SELEC 1', { kind: 'syntax', offset: 0, length: 5, name: 'SELEC' }],
    ['SELECT (', { kind: 'syntax', offset: 8 }],
    ['SELECT idd FROM orders', { kind: 'column', offset: 7, length: 3, name: 'idd', nearest: ['id'] }],
    ['SELECT orders.nam FROM orders', { kind: 'column', offset: 14, length: 3, nearest: [] }],
    ['SELECT c.nam FROM customers c', { kind: 'column', offset: 9, length: 3, nearest: ['name'] }],
    ["SELECT '😀é', stat FROM orders", { kind: 'column', offset: 14, length: 4 }],
    [
      'SELECT id FROM orders\r\nWHERE "sta tus" = 1',
      { kind: 'column', offset: 29, length: 9, name: 'sta tus', nearest: ['status'] },
    ],
    ['WITH a AS (FROM orders) SELECT statu FROM a', { kind: 'column', offset: 31, nearest: ['status'] }],
    ['SELECT x.id FROM orders', { kind: 'table', offset: 7, length: 1, name: 'x' }],
    ['SELECT * FROM orderz', { kind: 'table', offset: 14, length: 6, name: 'orderz', nearest: ['orders'] }],
    ['SELECT * FROM typed', { kind: 'table', offset: 14, name: 'typed' }],
    [
      'SELECT uper(status) FROM orders',
      { kind: 'function', offset: 7, length: 4, name: 'uper', nearest: ['upper'] },
    ],
    ['SELECT row_number() FROM orders', { kind: 'other', offset: 7, name: 'row_number' }],
    [
      'SELECT upper(id) FROM orders',
      { kind: 'type', offset: 7, length: 5, message: 'upper takes (VARCHAR), not (BIGINT)' },
    ],
    ['SELECT id + created_at FROM orders', { kind: 'type', offset: 10, length: 1, name: '+' }],
    ['SELECT id::txt FROM orders', { kind: 'type', offset: 11, length: 3, name: 'txt' }],
    ['SELECT coalesce(id, status) FROM orders', { kind: 'type' }],
    ["SELECT date_trunc('fortnight', created_at) FROM orders", { kind: 'type' }],
    ['SELECT id, sum(total) FROM orders', { kind: 'other', offset: 7, length: 2 }],
    ['SELECT id FROM orders, customers', { kind: 'other', offset: 7, length: 2 }],
    ['SELECT id FROM orders;', { kind: 'syntax', offset: 21, length: 1 }],
    ['SELECT 1; SELECT 2', { kind: 'forbidden' }],
    ['PIVOT orders ON status USING sum(total)', { kind: 'forbidden' }],
    ['', { kind: 'syntax' }],
    [' \n-- nothing', { kind: 'syntax' }],
  ])('%j is refused', async (sql, expected) => expect(await problem(sql)).toMatchObject(expected));

  it('say nothing of other inputs or of DuckDB in their messages', async () => {
    expect(await problem('SELECT * FROM orderz')).toMatchObject({ message: 'there is no input orderz' });
    expect((await problem('SELECT status + 1 FROM orders')).message).toBe(
      '+ does not take (VARCHAR, INTEGER)',
    );
  });
});

describe('hostile names', () => {
  const NAMES = [
    'select',
    'a"b',
    "it's",
    'two\nlines',
    'é😀',
    '$1',
    '--',
    '/*',
    ';',
    ' ',
    '\u00a0',
    'current_date',
    'null',
    'a.b',
    '%s',
    '__proto__',
  ];
  const hostile = NAMES.map((name) =>
    relation(
      name,
      Object.fromEntries(NAMES.filter((other) => other !== '__proto__').map((column) => [column, INT64])),
    ),
  );
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

  it.each(NAMES)('%j works as an input and as a column', async (name) => {
    const column = name === '__proto__' ? 'null' : name;
    const sql = `SELECT ${quoted(name)}.${quoted(column)} AS ${quoted(column)}, nope FROM ${quoted(name)}`;
    expect(await problem(sql, hostile)).toMatchObject({
      kind: 'column',
      name: 'nope',
      offset: sql.indexOf('nope'),
      length: 4,
    });
    const parsed = await query(sql.replace(', nope', ''), hostile);
    expect(parsed.tables).toEqual([name]);
    expect(parsed.outputs).toEqual([{ name: column, from: [{ table: name, column, how: 'copied' }] }]);
  });

  it('empty ones, and those with U+0000, are left out', async () => {
    const relations = [
      relation('t', { '': INT64, a: INT64, 'b\0': INT64 }),
      relation('', { a: INT64 }),
      relation('none', {}),
    ];
    expect((await describeSql('SELECT * FROM t', relations)).map(({ name }) => name)).toEqual(['a']);
    expect(await describeSql('SELECT count(*) FROM none', relations)).toHaveLength(1);
  });
});

describe('long and deep texts', () => {
  it.each<[string, string]>([
    ['parentheses', `${'('.repeat(2000)}1${')'.repeat(2000)}`],
    ['alternatives', Array.from({ length: 5000 }, () => 'true').join(' OR ')],
    ['a list', `1 IN (${Array.from({ length: 10_000 }, () => '1').join(',')})`],
    ['a text', `'${'x'.repeat(90_000)}'`],
  ])('%s are read', async (_, text) => {
    expect((await expression(text)).columns).toEqual([]);
    expect(await describeSql(`SELECT ${text} AS a`)).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['calls in each other', `${'abs('.repeat(1500)}1${')'.repeat(1500)}`],
    ['a chain of operators', Array.from({ length: 2000 }, () => '1').join(' + ')],
    ['queries in each other', `${'(SELECT '.repeat(1500)}1${')'.repeat(1500)}`],
    ['a very long text', `'${'x'.repeat(100_000)}'`],
  ])('%s are refused, not crashed on', async (_, text) => {
    expect(refused(await analyser.parseExpression(text))).toMatchObject({ offset: null, nearest: [] });
    await problem(`SELECT ${text} AS a`);
  });

  it('thousands of UNIONs are answered one way or the other', async () => {
    const sql = Array.from({ length: 4500 }, () => 'SELECT 1 AS a').join(' UNION ALL ');
    const answer = await analyser.describe({ sql, relations: [] });
    expect(isSqlProblem(answer) || answer.length === 1).toBe(true);
  });
});

describe('questions', () => {
  it('asked together are answered each for itself, bad ones too', async () => {
    const texts = Array.from({ length: 200 }, (_, index) =>
      index % 7 === 0 ? `a ${index} b` : `a + ${index}`,
    );
    const answers = await Promise.all(texts.map((text) => analyser.parseExpression(text)));
    expect(answers.map(isSqlProblem)).toEqual(texts.map((_, index) => index % 7 === 0));
  });

  it('are remembered by text and by what the text may read', async () => {
    const narrow = [relation('t', { a: { kind: 'integer', bits: 8, signed: true } })];
    const wide = [relation('t', { a: TEXT })];
    const [first, again, other] = await Promise.all([
      analyser.describe({ sql: 'SELECT a FROM t', relations: narrow }),
      analyser.describe({
        sql: 'SELECT a FROM t',
        relations: [relation('t', { a: { kind: 'integer', bits: 8, signed: true } })],
      }),
      analyser.describe({ sql: 'SELECT a FROM t', relations: wide }),
    ]);
    expect(again).toBe(first);
    expect(answered(other)[0]?.nativeType).toBe('VARCHAR');
  });
});
