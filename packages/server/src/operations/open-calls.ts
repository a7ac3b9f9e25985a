import { randomUUID } from 'node:crypto';

import type { Caller } from '@millrace/control-plane';

/** A call in work, which its caller may cancel by its id from another connection. */
export interface OpenCall extends Disposable {
  readonly id: string;
  readonly signal: AbortSignal;
}

/** Calls that wait for their result: their callers see it even when they cancel, unlike those that hang up. */
export class OpenCalls {
  readonly #calls = new Map<string, { readonly caller: Caller; readonly controller: AbortController }>();

  /** Its signal fires by `cancel`, and when the connection or the server ends. */
  open(caller: Caller, ended: AbortSignal): OpenCall {
    const id = randomUUID();
    const controller = new AbortController();
    this.#calls.set(id, { caller, controller });
    return {
      id,
      signal: AbortSignal.any([controller.signal, ended]),
      [Symbol.dispose]: () => this.#calls.delete(id),
    };
  }

  /** False when the caller has no such call, or not any more. */
  cancel(caller: Caller, id: string): boolean {
    const call = this.#calls.get(id);
    if (!call || call.caller.by !== caller.by || call.caller.userId !== caller.userId) return false;
    call.controller.abort();
    return true;
  }
}
