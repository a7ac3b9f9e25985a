import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { stringify } from 'yaml';

import { LINEITEM_COLUMNS, LINEITEM_DUCKDB_DDL } from './lineitem.ts';
import type { Command } from './measure.ts';

const MILLRACE = join(import.meta.dirname, '../bin/millrace.mjs');

export interface BenchProject {
  readonly folder: string;
  readonly warehouse: string;
  /** Forgets all state and everything that was published into the embedded warehouse. */
  readonly reset: () => void;
}

/** A project as a user would write it: connections, and one pipeline. */
export function writeProject(
  folder: string,
  connections: Readonly<Record<string, object>>,
  pipeline: object,
): BenchProject {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  const warehouse = join(folder, 'warehouse.duckdb');
  const all = { warehouse: { type: 'duckdb', path: 'warehouse.duckdb' }, ...connections };
  const write = (name: string, document: object): void =>
    writeFileSync(join(folder, name), stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
  write('millrace.yaml', { version: 1, name: 'bench', connections: all });
  write('pipelines/load.yaml', { version: 1, name: 'load', ...pipeline });
  return {
    folder,
    warehouse,
    reset() {
      for (const name of [
        '.millrace',
        'warehouse.duckdb',
        'warehouse.duckdb.wal',
        'warehouse.duckdb.files',
      ]) {
        rmSync(join(folder, name), { recursive: true, force: true });
      }
    },
  };
}

/** `millrace run`, then a new connection counts what was published. */
export function runAndCount(project: BenchProject, table: string, rows: number, options = ''): Command {
  return shell(
    `${millrace(`run load --project ${quote(project.folder)} ${options}`)} && ${countCommand(project.warehouse, table, rows)}`,
  );
}

/** The command line as a shell sees it. */
export function millrace(words: string): string {
  return `${quote(process.execPath)} ${quote(MILLRACE)} ${words}`;
}

export function countCommand(file: string, table: string, rows: number): string {
  return `${quote(process.execPath)} ${quote(rival('count'))} ${quote(file)} ${quote(table)} ${rows}`;
}

export function shell(script: string): Command {
  return { program: 'bash', args: ['-o', 'pipefail', '-c', script] };
}

export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function rival(name: string): string {
  return join(import.meta.dirname, `rivals/${name}.ts`);
}

/** Throws unless the table holds exactly the rows of the text that the server was filled from: counts, and sums of row hashes. */
export async function checkLineitem(file: string, table: string, textPath: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS loaded (READ_ONLY)`);
  const typed = LINEITEM_DUCKDB_DDL.split(/,(?![0-9])/).map(
    (column) => column.trim().split(/\s+/) as [string, string],
  );
  const hash = `hash(${typed.map(([name, type]) => `${name}::${type}`).join(', ')})`;
  const sums = (source: string) => `SELECT count(*) AS rows, sum(${hash}) AS hashes FROM ${source}`;
  const text = `read_csv('${textPath}', delim='\t', header=false, nullstr='\\N', quote='', escape='', columns={${typed.map(([name, type]) => `'${name}': '${type}'`).join(', ')}})`;
  const [expected] = (await connection.runAndReadAll(sums(text))).getRowsJson();
  const [actual] = (await connection.runAndReadAll(sums(`loaded.${table}`))).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  if (JSON.stringify(expected) !== JSON.stringify(actual)) {
    throw new Error(
      `${table} differs from its source: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}.`,
    );
  }
}

export const LINEITEM_SELECT = LINEITEM_COLUMNS.join(', ');
