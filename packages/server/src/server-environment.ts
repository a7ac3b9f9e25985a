import type { HttpBindings } from '@hono/node-server';
import type { Caller } from '@millrace/control-plane';

/** What routes find in their context. */
export interface ServerEnvironment {
  readonly Bindings: HttpBindings;
  readonly Variables: { caller: Caller };
}
