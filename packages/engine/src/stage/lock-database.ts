import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbDialect, quoteText } from '@millrace/sql';

export interface LockOptions {
  /** Absolute folders whose files the database may still read and write; none is no file at all. */
  readonly folders: readonly string[];
}

/**
 * Locks a database before it sees SQL that a person wrote: from here on, no statement reads or writes a file outside of the folders, loads an
 * extension, attaches a database, reaches the network or changes a setting, whatever the SQL says. It cannot be taken back, and holds for all
 * connections of the instance. Set what else the database needs (TimeZone, limits, temp_directory) before.
 */
export async function lockDatabase(connection: DuckDBConnection, options: LockOptions): Promise<void> {
  const folders = options.folders.map((folder) =>
    quoteText(duckdbDialect, folder.endsWith('/') ? folder : `${folder}/`),
  );
  // The order matters: allowed_directories cannot be set any more once access is off, nothing once the configuration is locked.
  await connection.run('SET GLOBAL autoinstall_known_extensions = false');
  await connection.run('SET GLOBAL autoload_known_extensions = false');
  await connection.run('SET GLOBAL allow_community_extensions = false');
  await connection.run(`SET GLOBAL allowed_directories = [${folders.join(', ')}]`);
  await connection.run('SET GLOBAL enable_external_access = false');
  await connection.run('SET GLOBAL lock_configuration = true');
}
