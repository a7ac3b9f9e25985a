import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AnalysisDatabase } from './analysis-database.ts';
import { loadFunctionCatalogue, type FunctionCatalogue } from './function-catalogue.ts';
import { forbiddenCall } from './forbidden-functions.ts';

let database: AnalysisDatabase;
let catalogue: FunctionCatalogue;

beforeAll(async () => {
  database = await AnalysisDatabase.open();
  catalogue = await loadFunctionCatalogue(database);
});

afterAll(() => database[Symbol.asyncDispose]());

describe('the functions of DuckDB', () => {
  it('are those that were looked through; on a new version, look at what came and whether it may be called', () => {
    const allowed = [...catalogue.keys()].filter((name) => forbiddenCall(name, 'expression') === undefined);
    const digest = createHash('sha256').update(allowed.toSorted().join('\n')).digest('hex').slice(0, 16);
    expect({ count: allowed.length, digest }).toEqual({ count: 748, digest: '4a22863061c3c987' });
  });

  it('compute rows only where they compute from their arguments alone', async () => {
    const rows = await database.query(
      "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro') ORDER BY 1",
    );
    const allowed = rows
      .map(([name]) => String(name))
      .filter((name) => forbiddenCall(name, 'table') === undefined);
    expect(allowed).toEqual([
      'generate_series',
      'json_each',
      'json_tree',
      'range',
      'repeat',
      'repeat_row',
      'unnest',
    ]);
  });

  it.each([
    'random',
    'uuid',
    'gen_random_uuid',
    'uuidv7',
    'now',
    'today',
    'current_date',
    'get_current_time',
    'get_current_timestamp',
    'current_localtime',
    'current_localtimestamp',
    'transaction_timestamp',
    'nextval',
    'setseed',
    'reservoir_quantile',
    'ago',
  ])('%s gives another value another time', (name) => {
    expect(catalogue.get(name)?.isDeterministic).toBe(false);
  });

  it.each([
    '+',
    'upper',
    'date_trunc',
    'sum',
    'list_sum',
    'nullif',
    'to_json',
    'md5',
    'hash',
    'error',
    'split_part',
  ])('%s always gives the same', (name) => expect(catalogue.get(name)?.isDeterministic).toBe(true));

  it('tells aggregates, also behind macros', () => {
    const aggregates = ['sum', 'count_star', 'string_agg', 'geomean', 'json_group_array', 'weighted_avg'];
    expect(aggregates.filter((name) => catalogue.get(name)?.isAggregate !== true)).toEqual([]);
    expect(
      ['abs', 'list_sum', 'nullif', 'greatest'].filter((name) => catalogue.get(name)?.isAggregate === true),
    ).toEqual([]);
  });
});
