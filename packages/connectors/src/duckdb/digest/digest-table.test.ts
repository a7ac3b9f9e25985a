import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { createHash } from 'node:crypto';

import type { BucketDigest, DigestRequest } from '@millrace/connector-sdk';
import { describe, expect, it } from 'vitest';

import { BOUNDARIES } from '../harness/boundary-values.ts';
import { field, INT64, STRING } from '../harness/test-fields.ts';
import { changeFile, noSignal, openTestWarehouse } from '../harness/test-warehouse.ts';
import { openDuckdbDestination } from '../destination.ts';
import { nativeType } from '../types.ts';

type Row = readonly (string | null)[];

/** One row per value: its number, then NULL in every column but the value's own. */
const columns = BOUNDARIES.map(({ type }, index) => field(`c${index}`, type));
const fields = [field('id', INT64, false), ...columns];
const cases = BOUNDARIES.flatMap(({ values }, column) => values.map((value) => ({ ...value, column })));
const rows: readonly Row[] = cases.map(({ text, column }, id) => [
  String(id),
  ...columns.map((_, index) => (index === column ? text : null)),
]);
const query = cases
  .map(({ sql, column }, id) => {
    const cells = columns.map(
      ({ type, name }, index) => `CAST(${index === column ? sql : 'NULL'} AS ${nativeType(type)}) AS ${name}`,
    );
    return `SELECT ${id}::BIGINT AS id, ${cells.join(', ')}`;
  })
  .join(' UNION ALL ');

function hash(cells: Row): bigint {
  const text = cells.map((cell) => (cell === null ? '~|' : `${Buffer.byteLength(cell)}:${cell}|`)).join('');
  return BigInt(`0x${createHash('md5').update(text).digest('hex').slice(0, 16)}`);
}

function expectedDigest(
  all: readonly Row[],
  key: (row: Row) => Row,
  buckets: number,
): readonly BucketDigest[] {
  const groups = Map.groupBy(all, (row) => Number(hash(key(row)) % BigInt(buckets)));
  return [...groups]
    .map(([bucket, members]) => ({
      bucket,
      rows: BigInt(members.length),
      sum: BigInt.asUintN(
        64,
        members.reduce((sum, row) => sum + hash(row), 0n),
      ),
    }))
    .toSorted((left, right) => left.bucket - right.bucket);
}

describe.each(['replace', 'append'] as const)('digest after %s', (mode) => {
  it('equals what the contract says of every boundary value', async () => {
    await using warehouse = await openTestWarehouse();
    const table = { schema: 'types', name: 'boundaries' };
    const files = [await warehouse.stage.file(query)];
    // The second append makes the view a stored table, which a checkpoint then compresses.
    if (mode === 'append') {
      await warehouse.destination.publish(publishRequest({ table, mode, fields }), filesOf(), noSignal);
    }
    await warehouse.destination.publish(publishRequest({ table, mode, fields }), filesOf(...files), noSignal);
    await warehouse.destination[Symbol.asyncDispose]();
    await changeFile(warehouse.config, 'CHECKPOINT');
    await using destination = await openDuckdbDestination(warehouse.config, noSignal);
    const [described] = await destination.describe([table], noSignal);
    expect(described?.fields).toEqual(fields);
    for (const buckets of [1, 16]) {
      const whole = { table, fields, key: [], buckets };
      const byKey = { table, fields, key: ['id'], buckets };
      const sorted = async (request: DigestRequest) =>
        (await destination.digest(request, noSignal)).toSorted((left, right) => left.bucket - right.bucket);
      expect(await sorted(whole)).toEqual(expectedDigest(rows, (row) => row, buckets));
      expect(await sorted(byKey)).toEqual(expectedDigest(rows, (row) => row.slice(0, 1), buckets));
    }
    const seen = await Array.fromAsync(
      destination.digestRows({ table, fields, key: ['id'], buckets: 2 }, [1], noSignal),
    );
    const wanted = rows
      .filter((row) => hash(row.slice(0, 1)) % 2n === 1n)
      .map((row) => ({ key: [row[0]], hash: hash(row) }));
    const byId = (left: { key: readonly unknown[] }, right: { key: readonly unknown[] }) =>
      Number(left.key[0]) - Number(right.key[0]);
    expect(seen.toSorted(byId)).toEqual(wanted);
  });
});

describe('digest of keys and filters', () => {
  it('gives keys back as they are and counts only the rows of the filter', async () => {
    await using warehouse = await openTestWarehouse();
    const table = { schema: 'types', name: 'keys' };
    const keyed = [field('k', STRING, false), field('gone', { kind: 'boolean' }), field('n', INT64)];
    const file = await warehouse.stage.file(
      "SELECT chr(65279) || 'k' || i AS k, CASE WHEN i = 0 THEN true END AS gone, i AS n FROM range(3) r(i)",
    );
    await warehouse.destination.publish(
      publishRequest({ table, mode: 'replace', fields: keyed }),
      filesOf(file),
      noSignal,
    );
    const request = { table, fields: keyed, key: ['k'], buckets: 1 };
    const keys = await Array.fromAsync(warehouse.destination.digestRows(request, [0], noSignal));
    expect(keys.map(({ key }) => String(key[0])).toSorted()).toEqual(['\uFEFFk0', '\uFEFFk1', '\uFEFFk2']);
    for (const where of [
      { kind: 'isNull', column: 'gone' },
      { kind: 'atMost', column: 'n', value: '1' },
    ] as const) {
      expect(await warehouse.destination.digest({ ...request, where }, noSignal)).toMatchObject([
        { bucket: 0, rows: 2n },
      ]);
    }
    const where = { kind: 'isTrue', column: 'gone' } as const;
    expect(await warehouse.destination.digest({ ...request, where }, noSignal)).toMatchObject([{ rows: 1n }]);
  });
});
