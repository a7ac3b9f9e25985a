import { isSqlProblem, type ParsedQuery, type SqlAnalyser, type SqlRelation } from '@millrace/compiler';
import type { LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openSqlAnalyser } from '../open-sql-analyser.ts';

const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const TEXT: LogicalType = { kind: 'string' };

function relation(name: string, columns: Readonly<Record<string, LogicalType>>): SqlRelation {
  return {
    name,
    fields: Object.entries(columns).map(([column, type]) => ({ name: column, type, nullable: true })),
  };
}

const RELATIONS = [
  relation('o', { id: INT64, cid: INT64, status: TEXT, total: INT64, doc: { kind: 'json' } }),
  relation('c', { id: INT64, name: TEXT }),
  relation('l', { id: INT64, k: TEXT }),
];

let analyser: SqlAnalyser & AsyncDisposable;

beforeAll(async () => {
  analyser = await openSqlAnalyser();
});

afterAll(() => analyser[Symbol.asyncDispose]());

async function trace(sql: string): Promise<ParsedQuery> {
  const answer = await analyser.parseQuery(sql, RELATIONS);
  if (isSqlProblem(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

/** `id=o.id t=~o.total s=Σo.total`: copied, transformed, aggregated. */
const MARKS = { copied: '', transformed: '~', aggregated: 'Σ' } as const;

function outputsOf({ outputs }: ParsedQuery): string | null {
  if (outputs === null) return null;
  return outputs
    .map(
      ({ name, from }) =>
        `${name}=${from.map(({ table, column, how }) => `${MARKS[how]}${table}.${column}`).join(',')}`,
    )
    .join(' ');
}

function usesOf({ uses }: ParsedQuery): string {
  return uses.map(({ table, column, how }) => `${how}:${table}.${column}`).join(' ');
}

describe('where the columns of a query come from', () => {
  it.each<[sql: string, outputs: string, uses: string]>([
    [
      "SELECT id, total * 2 AS t FROM o WHERE status = 'x' ORDER BY cid",
      'id=o.id t=~o.total',
      'filtered:o.status sorted:o.cid',
    ],
    ['SELECT ID AS a, a + 1 AS b FROM o', 'a=o.id b=~o.id', ''],
    [
      "SELECT id::VARCHAR AS v, CASE WHEN status = 'x' THEN id ELSE cid END AS w FROM o",
      'v=~o.id w=~o.status,~o.id,~o.cid',
      '',
    ],
    [
      'SELECT x.id, y.name FROM o x JOIN c y ON x.cid = y.id',
      'id=o.id name=c.name',
      'joined:o.cid joined:c.id',
    ],
    ['SELECT * FROM l JOIN c USING (id)', 'id=l.id k=l.k name=c.name', 'joined:l.id joined:c.id'],
    ['SELECT * FROM l RIGHT JOIN c USING (id)', 'id=c.id k=l.k name=c.name', 'joined:l.id joined:c.id'],
    ['SELECT * FROM l FULL JOIN c USING (id)', 'id=~l.id,~c.id k=l.k name=c.name', 'joined:l.id joined:c.id'],
    [
      'SELECT c.*, id AS i FROM l LEFT JOIN c USING (id)',
      'id=c.id name=c.name i=l.id',
      'joined:l.id joined:c.id',
    ],
    ['SELECT * FROM l NATURAL JOIN c', 'id=l.id k=l.k name=c.name', 'joined:l.id joined:c.id'],
    ['SELECT * FROM l SEMI JOIN c ON l.id = c.id', 'id=l.id k=l.k', 'joined:l.id joined:c.id'],
    [
      'SELECT * FROM l ASOF JOIN c ON l.id >= c.id',
      'id=l.id k=l.k id=c.id name=c.name',
      'joined:l.id joined:c.id',
    ],
    [
      'SELECT * EXCLUDE (doc, cid) REPLACE (total + 1 AS total) RENAME (status AS s) FROM o',
      'id=o.id s=o.status total=~o.total',
      '',
    ],
    ['SELECT m.k FROM l, l AS m', 'k=l.k', ''],
    [
      'SELECT status, sum(total) FILTER (WHERE id > 1) AS s, count(*) AS n FROM o GROUP BY ALL HAVING max(cid) > 2',
      'status=o.status s=Σo.total n=',
      'filtered:o.id grouped:o.status filtered:o.cid',
    ],
    [
      'SELECT status AS st, sum(total) AS s FROM o GROUP BY 1 ORDER BY 2',
      'st=o.status s=Σo.total',
      'grouped:o.status sorted:o.total',
    ],
    ['SELECT id FROM o GROUP BY ROLLUP (id)', 'id=o.id', 'grouped:o.id'],
    ["SELECT string_agg(k, ',' ORDER BY id) AS ks FROM l", 'ks=Σl.k', 'sorted:l.id'],
    [
      'SELECT id, row_number() OVER (PARTITION BY cid ORDER BY total) AS rn, sum(total) OVER () AS s, lag(total) OVER (ORDER BY id) AS p FROM o QUALIFY rn = 1',
      'id=o.id rn= s=Σo.total p=~o.total',
      'grouped:o.cid sorted:o.total sorted:o.id',
    ],
    [
      'SELECT DISTINCT ON (cid) id FROM o ORDER BY cid, total',
      'id=o.id',
      'grouped:o.cid sorted:o.cid sorted:o.total',
    ],
    [
      'SELECT DISTINCT * FROM l ORDER BY ALL',
      'id=l.id k=l.k',
      'grouped:l.id grouped:l.k sorted:l.id sorted:l.k',
    ],
    ['SELECT id FROM o UNION ALL SELECT id FROM c', 'id=o.id,c.id', ''],
    ['SELECT id FROM o UNION ALL BY NAME SELECT name, id FROM c', 'id=o.id,c.id name=c.name', ''],
    ['SELECT id FROM o EXCEPT ALL SELECT id FROM c', 'id=o.id', 'filtered:c.id'],
    [
      'WITH a AS (SELECT id AS i, total FROM o), b(x) AS (SELECT i FROM a) SELECT x, (SELECT max(total) FROM a WHERE i = x) AS m FROM b',
      'x=o.id m=Σo.total',
      'filtered:o.id',
    ],
    ['WITH o AS (SELECT id FROM o WHERE total > 1) SELECT * FROM o', 'id=o.id', 'filtered:o.total'],
    [
      'WITH RECURSIVE r AS (SELECT id, 1 AS d FROM o UNION ALL SELECT c.id, d + 1 FROM r JOIN c ON r.id = c.id) SELECT * FROM r',
      'id=o.id,c.id d=',
      'joined:o.id joined:c.id',
    ],
    [
      "SELECT list_transform([id], x -> x + total) AS z, doc -> 'a' AS v FROM o",
      'z=~o.id,~o.total v=~o.doc',
      '',
    ],
    ['SELECT a.v FROM o, unnest([total]) AS a(v)', 'v=~o.total', ''],
    ['SELECT key, value FROM o, json_each(doc)', 'key=~o.doc value=~o.doc', ''],
    [
      'SELECT o.id, s.n FROM o, LATERAL (SELECT name AS n FROM c WHERE c.id = o.cid) AS s',
      'id=o.id n=c.name',
      'filtered:c.id filtered:o.cid',
    ],
    [
      'SELECT id FROM o WHERE EXISTS (SELECT name FROM c WHERE c.id = o.cid)',
      'id=o.id',
      'filtered:c.id filtered:o.cid',
    ],
    ['SELECT id FROM o WHERE cid IN (SELECT id FROM c)', 'id=o.id', 'filtered:o.cid filtered:c.id'],
    ['SELECT ARRAY(SELECT name FROM c) AS names FROM o', 'names=Σc.name', ''],
    ['SELECT x.* FROM (VALUES (1, 2)) AS x(a, b)', 'a= b=', ''],
    ['SELECT s.a FROM (SELECT {a: id} AS s FROM o)', 'a=~o.id', ''],
    ['SELECT l FROM l', 'l=~l.id,~l.k', ''],
    ['SELECT #2 FROM l', 'k=l.k', ''],
    ['SELECT current_date AS d, id FROM l', 'd= id=l.id', ''],
  ])('%s', async (sql, outputs, uses) => {
    const traced = await trace(sql);
    expect(outputsOf(traced)).toBe(outputs);
    expect(usesOf(traced)).toBe(uses);
  });

  it.each([
    "PIVOT o ON status IN ('a', 'b') USING sum(total)",
    'UNPIVOT l ON k INTO NAME n VALUE v',
    "SELECT COLUMNS('i.*') FROM o",
    'SELECT min(COLUMNS(*)) FROM l',
    'SELECT * FROM l, unnest([{a: 1, b: 2}])',
    'SELECT * FROM c JOIN l USING (id), o JOIN l AS m USING (id)',
  ])('is not guessed for %s', async (sql) => {
    expect(await trace(sql)).toMatchObject({ outputs: null, uses: [] });
  });

  it('names what is read and whether it stays the same', async () => {
    expect(await trace('WITH x AS (SELECT * FROM C) SELECT upper(name) FROM x')).toMatchObject({
      tables: ['c'],
      functions: ['upper'],
      isDeterministic: true,
    });
    expect(await trace('SELECT random() FROM o JOIN l USING (id)')).toMatchObject({
      tables: ['o', 'l'],
      isDeterministic: false,
    });
    expect(await trace('SELECT current_date')).toMatchObject({
      tables: [],
      functions: ['current_date'],
      isDeterministic: false,
    });
    expect(await trace('SELECT * FROM o TABLESAMPLE 10%')).toMatchObject({ isDeterministic: false });
  });
});
