import type { ConnectorRegistry, Source } from '@millrace/connector-sdk';

import { openSourceOf } from '../host/open-connection.ts';
import { loadDefinition } from './load-definition.ts';
import type { ResolvedConnection } from './run-request.ts';

/** A run that waits for others longer than this lets them have the files meanwhile. */
const HOLD_MS = 2_000;

/**
 * Embedded files that a run of this process is about to use, open from before its plan is made until it ends. To open one
 * takes as long as to compile a hundred steps, and discovery would close what the run opens again.
 */
export class HeldFiles {
  #opening: Promise<Source | undefined>[] = [];
  #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** Opens those that are there and that nobody hosts; what is wrong with one is told to whoever uses it. */
  async hold(
    connections: readonly ResolvedConnection[],
    registry: ConnectorRegistry,
    signal: AbortSignal,
  ): Promise<void> {
    const until = AbortSignal.any([signal, this.#stop.signal]);
    this.#timer ??= setTimeout(() => void this.release(), HOLD_MS).unref();
    const opening = connections.map(async (connection) => {
      const { capabilities } = await loadDefinition(registry, connection.connector);
      if (connection.host !== undefined || capabilities.source?.extractIn !== 'owner') return undefined;
      // As a source: a destination would be made when it is missing.
      return await openSourceOf(registry, connection, until);
    });
    this.#opening.push(...opening);
    await Promise.allSettled(opening);
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stop.abort();
    this.#stop = new AbortController();
    const opened = this.#opening.splice(0);
    await Promise.allSettled(opened.map(async (source) => (await source)?.[Symbol.asyncDispose]()));
  }
}
