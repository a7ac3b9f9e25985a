import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import {
  type BoundaryColumn,
  type BoundaryValue,
  canonicalFromText,
  type ConnectorHarness,
  type HarnessInstance,
  ORDER_COLUMNS,
  orderText,
  type TextRow,
} from '@millrace/connector-sdk/conformance';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { formatLogicalType, type LogicalType, type TableName } from '@millrace/spec';
import { z } from 'zod';

import { boundaryValues } from './boundary-values.ts';
import { openFileFormats, type TypedColumn } from './file-formats.ts';

/** A folder of its own; later files of a table are packed where the format allows it. */
export const harness: ConnectorHarness = {
  variants: ['csv', 'jsonl', 'parquet'],
  start: (variant) => startInstance(variant),
};

const PACKED: Readonly<Record<string, string>> = { csv: '.csv.gz', jsonl: '.jsonl.zst', parquet: '.parquet' };
const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const ORDER_TYPES: Readonly<Record<string, LogicalType>> = {
  id: INT64,
  amount: { kind: 'decimal', precision: 12, scale: 2 },
  updated_at: { kind: 'timestamp', timezone: false },
  shipped_at: { kind: 'timestamp', timezone: false },
};
const ORDERS: readonly TypedColumn[] = ORDER_COLUMNS.map((name) => ({
  name,
  type: ORDER_TYPES[name] ?? { kind: 'string' },
}));
const manifest = z.object({ files: z.array(z.object({ path: z.string() })) });

async function startInstance(variant: string): Promise<HarnessInstance> {
  const folder = temporaryFolder('files-conformance');
  const root = join(folder.path, 'root');
  mkdirSync(root);
  const broken = join(folder.path, 'file');
  writeFileSync(broken, '');
  const formats = await openFileFormats();
  const format = formats[variant];
  if (format === undefined) throw new Error(`There is no format ${variant}`);
  // Grows as tables are made; a source sees those that exist when it is opened.
  const tables: Record<string, object> = {};
  let count = 0;

  const declare = (name: string, columns: readonly TypedColumn[], key?: readonly string[]): TableName => {
    const place = `t${Object.keys(tables).length}-${count}`;
    mkdirSync(join(root, place));
    tables[name] = {
      path: `${place}/*`,
      format: variant,
      ...(variant === 'csv'
        ? {
            dialect: {
              delimiter: ',',
              quote: '"',
              escape: '"',
              header: true,
              nullText: '',
              encoding: 'utf-8',
            },
          }
        : {}),
      ...(format.isTyped
        ? {}
        : {
            columns: columns.map((column) => ({ name: column.name, type: formatLogicalType(column.type) })),
          }),
      ...(key === undefined ? {} : { key }),
    };
    return { name };
  };
  const placeOf = (table: TableName): string =>
    join(root, z.object({ path: z.string() }).parse(tables[table.name]).path.slice(0, -2));
  const add = async (
    table: TableName,
    columns: readonly TypedColumn[],
    rows: readonly TextRow[],
  ): Promise<void> => {
    const place = placeOf(table);
    count += 1;
    const extension = count % 2 === 0 ? PACKED[variant] : `.${variant}`;
    await format.write(join(place, `${String(count).padStart(6, '0')}${extension}`), columns, rows);
  };

  /** A text format holds bytes as they are. */
  const textOf = (type: LogicalType, text: string): string =>
    type.kind === 'bytes' && !format.isTyped
      ? Buffer.from(text).toString('hex')
      : canonicalFromText(type, text);

  return {
    config: { root, tables, write: { format: variant } },
    secrets: [],
    wrongConfigs: [
      {
        name: 'no such folder',
        config: { root: join(folder.path, 'nowhere') },
        code: 'connectionRefused',
        message: /nowhere does not exist/,
      },
      { name: 'a file', config: { root: broken }, code: 'connectionRefused', message: /is not a folder/ },
    ],
    source: {
      async createOrders(name, rows) {
        const table = declare(name, ORDERS, ['id']);
        await add(table, ORDERS, rows.map(orderText));
        return table;
      },
      upsertOrders: (table, rows) => add(table, ORDERS, rows.map(orderText)),
      async createLarge(name, rows) {
        const columns: readonly TypedColumn[] = [
          { name: 'id', type: INT64 },
          { name: 'payload', type: { kind: 'string' } },
        ];
        const table = declare(name, columns, ['id']);
        const filesOfRows = 50_000;
        for (let first = 1; first <= rows; first += filesOfRows) {
          const length = Math.min(filesOfRows, rows - first + 1);
          await add(
            table,
            columns,
            Array.from({ length }, (_, index) => [
              String(first + index),
              String(first + index).padStart(200, '0'),
            ]),
          );
        }
        return table;
      },
      async createBoundaries(name) {
        const columns: readonly TypedColumn[] = [{ name: 'id', type: INT64 }, ...boundaryValues];
        const table = declare(name, columns, ['id']);
        const rows: TextRow[] = [];
        const described = boundaryValues.map((column, index): BoundaryColumn => {
          const values: BoundaryValue[] = [];
          const put = (
            sql: string,
            outcome: { readonly text: string } | { readonly rejected: RegExp },
          ): void => {
            const id = rows.length;
            rows.push(columns.map((_, at) => (at === 0 ? String(id) : at === index + 1 ? sql : null)));
            values.push({ id, sql, ...outcome });
          };
          for (const sql of column.values) put(sql, { text: textOf(column.type, sql) });
          const rejected = format.isTyped ? [] : (column.rejected ?? []);
          for (const sql of rejected) put(sql, { rejected: /./ });
          return { name: column.name, native: column.word, type: column.type, values };
        });
        await add(table, columns, rows);
        return { table, columns: described };
      },
      refusesName: (name, kind) => {
        if (kind === 'column' && name.trim() === '') return 'a column needs a name';
        // What no property of a plain object can be called.
        if (kind === 'table' && name === '__proto__') return 'settings hold no table of this name';
        return kind === 'column' && variant === 'parquet' && (name === 'case' || name === 'CASE')
          ? 'DuckDB, which writes the file, takes them for one column'
          : undefined;
      },
      async createNamed(name, names) {
        const columns = names.map((each): TypedColumn => ({ name: each, type: INT64 }));
        const table = declare(name, columns);
        await add(table, columns, [names.map((_, index) => String(index))]);
        return table;
      },
      async drop(table) {
        rmSync(placeOf(table), { recursive: true });
        delete tables[table.name];
      },
      readParquet: (file, fields) => readFrom(file.path, fields, 'parquet'),
    },
    destination: {
      async readRows(table, fields) {
        const place = join(root, table.name);
        const { files } = manifest.parse(JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8')));
        const parts = files.map((file) => readFrom(join(place, file.path), fields, variant));
        return (await Promise.all(parts)).flat();
      },
    },
    async [Symbol.asyncDispose]() {
      formats[Symbol.dispose]();
      folder.remove();
    },
  };

  function readFrom(
    path: string,
    fields: Parameters<NonNullable<typeof format>['read']>[1],
    kind: string,
  ): Promise<readonly TextRow[]> {
    const found = formats[kind];
    if (found === undefined) throw new Error(`Nothing reads ${basename(path)}`);
    return found.read(path, fields);
  }
}
