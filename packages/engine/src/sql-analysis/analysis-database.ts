import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  listValue,
} from '@duckdb/node-api';

import { lockDatabase } from '../stage/lock-database.ts';
import { TYPED_TABLE_SQL } from './relation-sql.ts';

export interface NativeColumn {
  readonly name: string;
  readonly nativeType: string;
}

/** A chain of operators costs more than the square of its length to bind: 250 take 0.3 s, 900 take 20 s. */
const MAX_DEPTH = 250;

const PARSE_SQL = `
  SELECT json_serialize_sql(text, skip_null := true, skip_empty := true, skip_default := true)
  FROM (SELECT unnest($1::VARCHAR[]) AS text)`;

/** An empty DuckDB that parses and binds, and can do nothing else: no file, no network, no change of settings. */
export class AnalysisDatabase implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** Kept prepared: a parse alone costs 0.1 ms with it, 0.4 ms without. */
  readonly #parse: DuckDBPreparedStatement;
  #lastParse: Promise<unknown> = Promise.resolve();

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    parse: DuckDBPreparedStatement,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#parse = parse;
  }

  static async open(): Promise<AnalysisDatabase> {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: '256MiB',
      threads: '1',
      temp_directory: '',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run(`SET max_expression_depth = ${MAX_DEPTH}`);
    await connection.run('SET errors_as_json = true');
    await connection.run(TYPED_TABLE_SQL);
    // Only names and types are asked for, and they are settled when the optimizer begins.
    await connection.run('PRAGMA disable_optimizer');
    await lockDatabase(connection, { folders: [] });
    return new AnalysisDatabase(instance, connection, await connection.prepare(PARSE_SQL));
  }

  /** The parse trees of texts as JSON, or their errors, in the order of the texts. */
  async parse(texts: readonly string[]): Promise<readonly string[]> {
    // The statement holds one list of texts at a time.
    const turn = this.#lastParse.then(async () => {
      this.#parse.bind([listValue([...texts])]);
      return (await this.#parse.runAndReadAll()).getRows().map(([tree]) => String(tree));
    });
    this.#lastParse = turn.catch(() => undefined);
    return await turn;
  }

  /** Names and types of the columns of one SELECT, in order. Throws DuckDB's error with a message in JSON. */
  async describe(sql: string): Promise<readonly NativeColumn[]> {
    const statement = await this.#connection.prepare(sql);
    try {
      return Array.from({ length: statement.columnCount }, (_, index) => {
        const type = statement.columnType(index);
        return { name: statement.columnName(index), nativeType: type.alias ?? type.toString() };
      });
    } finally {
      statement.destroySync();
    }
  }

  /** Rows of texts, numbers and booleans. */
  async query(sql: string): Promise<readonly (readonly unknown[])[]> {
    return (await this.#connection.runAndReadAll(sql)).getRows();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#parse.destroySync();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
