import type { CompileConnection } from '@millrace/compiler';

import type { DeclaredConnection } from './resolve-connections.ts';

/** What the compiler may know of connections. */
export function compileConnections(
  connections: Iterable<DeclaredConnection>,
): Readonly<Record<string, CompileConnection>> {
  return Object.fromEntries(
    [...connections].map(({ name, connector, definition: { capabilities, destinationType } }) => [
      name,
      { connector, source: capabilities.source, destination: capabilities.destination, destinationType },
    ]),
  );
}
