import { type ConnectorRegistry, PipelineError, type Source } from '@millrace/connector-sdk';

import { openSourceOf } from '../host/open-connection.ts';
import type { ResolvedConnection } from '../run/run-request.ts';
import type { SourceCallName } from './extract-message.ts';

/** Sources of one thread, kept open between reads. A source that failed is closed, so that the next use starts clean. */
export class OpenSources {
  readonly #registry: ConnectorRegistry;
  /** Promises, so that two who ask at the same time get the same source. */
  readonly #open = new Map<string, Promise<Source>>();

  constructor(registry: ConnectorRegistry) {
    this.#registry = registry;
  }

  async use<T>(
    connection: ResolvedConnection,
    signal: AbortSignal,
    work: (source: Source) => Promise<T>,
  ): Promise<T> {
    const source = await this.get(connection, signal);
    try {
      return await work(source);
    } catch (error) {
      await this.drop(connection);
      throw error;
    }
  }

  async get(connection: ResolvedConnection, signal: AbortSignal): Promise<Source> {
    const key = JSON.stringify(connection);
    const opening = this.#open.get(key) ?? openSourceOf(this.#registry, connection, signal);
    this.#open.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#open.get(key) === opening) this.#open.delete(key);
      throw error;
    }
  }

  async drop(connection: ResolvedConnection): Promise<void> {
    const key = JSON.stringify(connection);
    const opening = this.#open.get(key);
    this.#open.delete(key);
    if (opening !== undefined) await closeAll([opening]);
  }

  async close(): Promise<void> {
    const sources = [...this.#open.values()];
    this.#open.clear();
    await closeAll(sources);
  }
}

/** What a source says while closing after an error adds nothing to the error. */
async function closeAll(sources: readonly Promise<Source>[]): Promise<void> {
  await Promise.allSettled(sources.map(async (source) => (await source)[Symbol.asyncDispose]()));
}

/** Asks one of the source's methods; row digests are gathered into one array. */
export async function callSource(
  source: Source,
  name: SourceCallName,
  args: readonly unknown[],
  signal: AbortSignal,
): Promise<unknown> {
  switch (name) {
    case 'check':
      return source.check(signal);
    case 'discover':
      return source.discover(...(args as [Parameters<Source['discover']>[0]]), signal);
    case 'describeRead':
      return source.describeRead(...(args as [Parameters<Source['describeRead']>[0]]), signal);
    case 'inspectCursor':
      if (source.inspectCursor === undefined) throw unsupported('inspect a cursor column');
      return source.inspectCursor(...(args as [never, string]), signal);
    case 'digest':
      if (source.digest === undefined) throw unsupported('compute digests');
      return source.digest(...(args as [never]), signal);
    case 'digestRows':
      if (source.digestRows === undefined) throw unsupported('compute digests');
      return Array.fromAsync(source.digestRows(...(args as [never, readonly number[]]), signal));
  }
}

function unsupported(what: string): PipelineError {
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `This source cannot ${what}. Look at its capabilities before asking.`,
  });
}
