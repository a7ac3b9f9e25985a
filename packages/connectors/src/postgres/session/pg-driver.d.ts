// The part of `pg` that is used here; the package ships no types of its own.
declare module 'pg' {
  import type { Duplex } from 'node:stream';
  import type { ConnectionOptions } from 'node:tls';

  export interface QueryConfig {
    text: string;
    values?: readonly (string | null)[];
    rowMode: 'array';
  }

  export interface QueryArrayResult {
    rows: (string | null)[][];
    rowCount: number | null;
    command: string;
  }

  export interface ClientConfig {
    host: string;
    port: number;
    user: string;
    database: string;
    password: () => string;
    ssl: false | ConnectionOptions;
    stream: () => Duplex;
    application_name: string;
    connectionTimeoutMillis: number;
    keepAlive: boolean;
    keepAliveInitialDelayMillis: number;
    types: { getTypeParser: () => (value: string) => string };
  }

  export class Client {
    constructor(config: ClientConfig);
    readonly processID: number | null;
    readonly secretKey: number | Buffer | null;
    readonly connection: { readonly stream: Duplex };
    connect(): Promise<void>;
    query(config: QueryConfig): Promise<QueryArrayResult | QueryArrayResult[]>;
    end(): Promise<void>;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'end', listener: () => void): this;
  }

  type DriverClient = Client;
  type DriverConfig = ClientConfig;

  const driver: { readonly Client: typeof Client };
  namespace driver {
    export type Client = DriverClient;
    export type ClientConfig = DriverConfig;
  }
  export default driver;
}
