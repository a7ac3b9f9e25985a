// The part of `pg` that the store uses; the package ships no types of its own.
declare module 'pg' {
  import type { PostgresPool } from 'kysely';

  export interface PoolConfig {
    connectionString: string;
    max: number;
    application_name: string;
    connectionTimeoutMillis: number;
    keepAlive: boolean;
    keepAliveInitialDelayMillis?: number;
    onConnect?: (client: { query(sql: string): Promise<unknown> }) => Promise<void>;
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => (value: string) => unknown };
  }

  export class Pool implements PostgresPool {
    constructor(config: PoolConfig);
    readonly options: object;
    connect: PostgresPool['connect'];
    end(): Promise<void>;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export const types: { getTypeParser: PoolConfig['types']['getTypeParser'] };
}
