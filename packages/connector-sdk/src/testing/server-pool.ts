import type { TestServer, TestServerDefinition } from './server.ts';

/** Servers by name: each shared one is started at its first use, all are stopped at the end. */
export interface ServerPool extends AsyncDisposable {
  readonly names: readonly string[];
  /** The one server of that name that all tests of a run use. */
  shared(name: string): Promise<TestServer | { readonly skipped: string }>;
  /** A server for one caller, which may kill, restart or fill it. */
  private(
    name: string,
    settings?: Readonly<Record<string, string>>,
  ): Promise<TestServer | { readonly skipped: string }>;
  /** Stops every server that is still running and deletes its data. */
  stop(): Promise<void>;
}

/** `onSkipped` hears once about each server that cannot be had. */
export function openServerPool(
  definitions: readonly TestServerDefinition[],
  onSkipped: (name: string, reason: string) => void = () => undefined,
): ServerPool {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const shared = new Map<string, Promise<TestServer | { readonly skipped: string }>>();
  const reported = new Set<string>();
  const started: Promise<TestServer | { readonly skipped: string }>[] = [];
  const stopping = new AbortController();

  const start = (name: string, settings?: Readonly<Record<string, string>>): (typeof started)[number] => {
    const definition = byName.get(name);
    if (definition === undefined) {
      throw new Error(
        `There is no test server ${name}. The harness folders define: ${[...byName.keys()].join(', ')}`,
      );
    }
    const server = definition.start(stopping.signal, settings);
    started.push(server.catch((error: unknown) => ({ skipped: String(error) })));
    return server.then((result) => {
      if ('skipped' in result && !reported.has(name)) {
        reported.add(name);
        onSkipped(name, result.skipped);
      }
      return result;
    });
  };

  const stop = async (): Promise<void> => {
    stopping.abort(new Error('The test run is over.'));
    for (const server of await Promise.all(started)) if (!('skipped' in server)) await server.stop();
  };

  return {
    names: [...byName.keys()],
    shared(name) {
      const existing = shared.get(name) ?? start(name);
      shared.set(name, existing);
      return existing;
    },
    private: async (name, settings) => start(name, settings),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
