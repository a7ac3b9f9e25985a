import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';
import { canonicalFromText, type TextRow } from '@millrace/connector-sdk/conformance';
import type { Field, LogicalType } from '@millrace/spec';
import { z } from 'zod';

export interface TypedColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** Writes and reads files of one format, without the connector's own code. */
export interface FileFormatHarness {
  readonly isTyped: boolean;
  write(path: string, columns: readonly TypedColumn[], rows: readonly TextRow[]): Promise<void>;
  /** Canonical text of the rows. */
  read(path: string, fields: readonly Field[]): Promise<readonly TextRow[]>;
}

export async function openFileFormats(): Promise<Readonly<Record<string, FileFormatHarness>> & Disposable> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const rows = async (sql: string): Promise<readonly TextRow[]> =>
    textRows.parse((await connection.runAndReadAll(sql)).getRows());
  const formats: Readonly<Record<string, FileFormatHarness>> = {
    csv: {
      isTyped: false,
      write: async (...file) => write(file[0], csvText(...file)),
      read: async (path, fields) => canonical(parseCsv(unpacked(path)), fields),
    },
    jsonl: {
      isTyped: false,
      write: async (...file) => write(file[0], jsonText(...file)),
      read: async (path, fields) => canonical(parseJsonLines(unpacked(path), fields), fields),
    },
    parquet: {
      isTyped: true,
      async write(path, columns, values) {
        const lines = values.map((row) => `(${row.map((cell) => literal(cell)).join(', ')})`);
        const list = columns.map(
          ({ name, type }, index) => `${castOf(`c${index}`, type)} AS ${identifier(name)}`,
        );
        const names = columns.map((_, index) => `c${index}`);
        await connection.run(
          `COPY (SELECT ${list.join(', ')} FROM (VALUES ${lines.join(', ')}) AS t (${names.join(', ')})) TO ${literal(path)} (FORMAT parquet, DICTIONARY_SIZE_LIMIT 0)`,
        );
      },
      async read(path, fields) {
        const present = await connection.runAndReadAll(
          `SELECT * FROM read_parquet(${literal(path)}) LIMIT 0`,
        );
        const names = new Set(present.columnNames());
        // A file that is older than a column has none of it.
        const list = fields.map(({ name, type }) => {
          if (!names.has(name)) return 'CAST(NULL AS VARCHAR)';
          return type.kind === 'bytes'
            ? `hex(${identifier(name)})`
            : `hex(encode(CAST(${identifier(name)} AS VARCHAR)))`;
        });
        const found = await rows(`SELECT ${list.join(', ')} FROM read_parquet(${literal(path)})`);
        const decoded = found.map((row) =>
          row.map((cell, index) =>
            cell === null || fields[index]?.type.kind === 'bytes'
              ? cell
              : Buffer.from(cell, 'hex').toString('utf8'),
          ),
        );
        return canonical(decoded, fields);
      },
    },
  };
  return Object.assign(formats, {
    [Symbol.dispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  });
}

const textRows = z.array(z.array(z.string().nullable()));

function canonical(rows: readonly TextRow[], fields: readonly Field[]): readonly TextRow[] {
  return rows.map((row) =>
    row.map((cell, index) => {
      const type = fields[index]?.type;
      return cell === null || type === undefined ? null : canonicalFromText(type, cell);
    }),
  );
}

function write(path: string, text: string): void {
  if (path.endsWith('.gz')) writeFileSync(path, gzipSync(text));
  else writeFileSync(path, path.endsWith('.zst') ? zstdCompressSync(text) : text);
}

function unpacked(path: string): string {
  const bytes = readFileSync(path);
  if (path.endsWith('.gz')) return gunzipSync(bytes).toString('utf8');
  return (path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString('utf8');
}

function csvText(_path: string, columns: readonly TypedColumn[], rows: readonly TextRow[]): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => row.map((cell) => (cell === null ? '' : quoted(cell))).join(','));
  return `${[columns.map(({ name }) => quoted(name)).join(','), ...lines].join('\n')}\n`;
}

function jsonText(_path: string, columns: readonly TypedColumn[], rows: readonly TextRow[]): string {
  const token = (text: string, { kind }: LogicalType): string => {
    if (kind === 'json' || text === 'true' || text === 'false') return text;
    const isNumber = kind === 'integer' || kind === 'decimal' || kind === 'float';
    return isNumber && /^-?\d/.test(text) ? text : JSON.stringify(text);
  };
  return rows
    .map((row) => {
      const cells = columns.map(({ name, type }, index) => {
        const cell = row[index] ?? null;
        return `${JSON.stringify(name)}:${cell === null ? 'null' : token(cell, type)}`;
      });
      return `{${cells.join(',')}}\n`;
    })
    .join('');
}

/** Records of RFC 4180 behind the header; an unquoted empty field is NULL. */
function parseCsv(text: string): readonly TextRow[] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const found of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    const [, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows.slice(1);
}

/** Numbers and JSON by their own text. */
function parseJsonLines(text: string, fields: readonly Field[]): readonly TextRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      fields.map(({ name, type }) => {
        const label = `${JSON.stringify(name)}:`;
        const at = line.indexOf(label);
        if (at < 0) return null;
        const token = tokenAt(line, at + label.length);
        if (token === 'null' && type.kind !== 'json') return null;
        return type.kind !== 'json' && token.startsWith('"') ? String(JSON.parse(token)) : token;
      }),
    );
}

/** One JSON value, by counting brackets outside strings. */
function tokenAt(line: string, start: number): string {
  let depth = 0;
  for (const found of line.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/gs)) {
    const [mark] = found;
    if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if ((mark === ',' && depth === 0) || depth < 0) return line.slice(start, start + found.index);
  }
  throw new RangeError('A line of JSON does not end');
}

function castOf(column: string, type: LogicalType): string {
  switch (type.kind) {
    case 'bytes':
      return `unhex(substr(${column}, 3))`;
    case 'date':
      return `CAST(replace(${column}, ' BC', ' (BC)') AS DATE)`;
    case 'integer':
      return `CAST(${column} AS ${type.signed ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits]})`;
    case 'float':
      return `CAST(${column} AS ${type.bits === 32 ? 'FLOAT' : 'DOUBLE'})`;
    case 'decimal':
      return `CAST(${column} AS DECIMAL(${type.precision}, ${type.scale}))`;
    case 'timestamp':
      return `CAST(${column} AS ${type.timezone ? 'TIMESTAMPTZ' : 'TIMESTAMP'})`;
    case 'string':
      return `CAST(${column} AS VARCHAR)`;
    default:
      return `CAST(${column} AS ${type.kind})`;
  }
}

function literal(text: string | null): string {
  if (text === null) return 'CAST(NULL AS VARCHAR)';
  return `'${text.replaceAll("'", "''")}'`.replaceAll('\0', `' || chr(0) || '`);
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
