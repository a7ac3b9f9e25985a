import { BatchDigest } from '@millrace/connector-sdk';
import { testServer } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  configOf,
  discoverOne,
  never,
  openProbe,
  type Probe,
  readAll,
  requestFor,
} from './harness/harness.ts';
import { PostgresSource } from './source.ts';

interface Extension {
  readonly server: string;
  readonly name: string;
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

const EXTENSIONS: readonly Extension[] = [
  {
    server: 'postgres',
    name: 'hstore',
    columns: {
      hstore: [`'a=>1, b=>NULL, "quo\\"te"=>"back\\\\slash, ö"'`, `''`, 'NULL'],
      'hstore[]': [`ARRAY['a=>1'::hstore, NULL]`, 'NULL'],
    },
  },
  { server: 'postgres', name: 'citext', columns: { citext: [`'CaSe'`, `'case'`, `''`, 'NULL'] } },
  { server: 'postgres', name: 'ltree', columns: { ltree: [`'Top.Science.Astronomy'`, `''`, 'NULL'] } },
  {
    server: 'postgres-postgis',
    name: 'postgis',
    columns: {
      geometry: [
        `ST_GeomFromEWKT('SRID=4326;POINT(9.1900001 45.4642)')`,
        `'POINT EMPTY'`,
        `'MULTIPOLYGON Z (((0 0 1,0 1 1,1 1 1,0 0 1)))'`,
        `'GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))'`,
        `ST_MakePoint('NaN', '-0')`,
        'NULL',
      ],
      'geography(Point,4326)': [`'POINT(-179.99999999999997 89.9)'`, 'NULL'],
      box2d: [`'BOX(1.5 2,3 4)'`, 'NULL'],
    },
  },
  {
    server: 'postgres-vector',
    name: 'vector',
    columns: { 'vector(3)': [`'[0.1,-0,3.4028235e38]'`, `'[1e-45,1,2]'`, 'NULL'] },
  },
];
const servers = new Map<string, Awaited<ReturnType<typeof testServer>>>();
for (const { server } of EXTENSIONS) servers.set(server, await testServer(server));

for (const extension of EXTENSIONS) {
  const server = servers.get(extension.server);
  describe.skipIf(server === undefined)(`columns of the extension ${extension.name}`, () => {
    const schema = `extension_${extension.name}`;
    let probe: Probe;
    let source: PostgresSource;

    beforeAll(async () => {
      if (server === undefined) return;
      probe = await openProbe(server);
      await probe.run(`DROP EXTENSION IF EXISTS ${extension.name} CASCADE; DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
        CREATE EXTENSION ${extension.name} SCHEMA ${schema}; GRANT USAGE ON SCHEMA ${schema} TO millrace;
        ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON TABLES TO millrace; SET search_path = ${schema}, public`);
      source = new PostgresSource(configOf(server));
    });

    afterAll(async () => {
      await source?.[Symbol.asyncDispose]();
      await probe?.[Symbol.asyncDispose]();
    });

    it.each(Object.entries(extension.columns))(
      'of type %s arrive as the text that PostgreSQL prints, which makes the same value again',
      async (type, values) => {
        const name = `${schema}.${type.toLowerCase().replaceAll(/\W/g, '_')}_values`;
        const rows = values.map((value, index) => `(${index}, ${value})`).join(', ');
        await probe.run(
          `CREATE TABLE ${name} (id integer PRIMARY KEY, v ${type}); INSERT INTO ${name} VALUES ${rows}`,
        );
        const table = await discoverOne(source, name);
        expect(table.fields[1]).toMatchObject({
          type: { kind: 'string' },
          mapping: 'The text that PostgreSQL prints for the value.',
        });
        const read = await readAll(source, requestFor(table));
        expect(read.rejected).toEqual([]);
        expect(read.rows).toEqual(await probe.rows(`SELECT id, v::text FROM ${name} ORDER BY id`));
        for (const [id, text] of read.rows) {
          if (text === null) continue;
          const quoted = `'${String(text).replaceAll("'", "''")}'`;
          const [same] = await probe.rows(
            `SELECT record_image_eq(ROW(v), ROW(${quoted}::${type})) FROM ${name} WHERE id = ${id}`,
          );
          expect(same, String(text)).toEqual(['t']);
        }
        const { fields, key } = table;
        const digest = new BatchDigest({ fields, key, buckets: 4 });
        for await (const batch of source.read(requestFor(table), never)) digest.add(batch);
        const request = { table: table.table, fields, key, buckets: 4 };
        expect(await source.digest(request, never)).toEqual(digest.result());
      },
    );
  });
}
