/** A real server that tests start in a temporary data folder on a free port of the loopback interface. */
export interface TestServer {
  readonly name: string;
  readonly version: string;
  /** Configuration that the connector accepts: host, port, user, password, database. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** The same for a user who may do everything. */
  readonly adminConnection?: Readonly<Record<string, unknown>>;
  /** PEM file of the authority that signed the server's certificate for 127.0.0.1 and localhost. */
  readonly tlsCaFile?: string;
  readonly processId: number;
  readonly dataFolder: string;
  stop(): Promise<void>;
  /** Stops and starts it on the same port and data; `immediate` gives it no time to finish anything. */
  restart?(mode: 'fast' | 'immediate'): Promise<void>;
}

export interface TestServerDefinition {
  readonly name: string;
  /** Packages that are installed when their programs are missing; empty when nothing is installed. */
  readonly debianPackages: readonly string[];
  /** `settings` are the server's own configuration parameters and win over the definition's. */
  start(
    signal: AbortSignal,
    settings?: Readonly<Record<string, string>>,
  ): Promise<TestServer | { readonly skipped: string }>;
}

/**
 * The password of every test server's users: each character class that breaks a URL, a quoted string or a shell word.
 * It doubles as the canary that must not show up in a log, event, error, plan or export.
 */
export const testPassword = `p%40ss'w"rd/@:1`;
