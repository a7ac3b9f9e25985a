import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** A DuckDB in memory, and its connections that nobody uses at the moment. */
export class ConnectionPool {
  readonly #instance: DuckDBInstance;
  readonly #free: DuckDBConnection[] = [];

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(settings: Readonly<Record<string, string>>): Promise<ConnectionPool> {
    const pool = new ConnectionPool(
      await DuckDBInstance.create(':memory:', {
        ...settings,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      }),
    );
    await pool.use((connection) => connection.run("SET GLOBAL TimeZone = 'UTC'"));
    return pool;
  }

  /** A connection that the caller closes. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  /** Runs `work` with a connection of its own; statements of one connection run one after the other. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#free.pop() ?? (await this.#instance.connect());
    try {
      return await work(connection);
    } finally {
      this.#free.push(connection);
    }
  }

  close(): void {
    for (const connection of this.#free) connection.closeSync();
    this.#free.length = 0;
    this.#instance.closeSync();
  }
}
