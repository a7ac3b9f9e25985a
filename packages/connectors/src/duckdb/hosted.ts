import type { HostedSystem } from '@millrace/connector-sdk';

import type { DuckdbConfig } from './config.ts';
import { openSharedDestination } from './destination.ts';
import { openDuckdbSource } from './source.ts';

/** Opens the file for the one process that owns it; it is locked from the start, because questions come at any time. */
export async function openHostedWarehouse(given: DuckdbConfig, signal: AbortSignal): Promise<HostedSystem> {
  // Runs have a staging engine of their own beside it.
  const config = given.memoryLimit === undefined ? { ...given, memoryLimit: '50%' } : given;
  const destination = await openSharedDestination(config, signal);
  try {
    const source = await openDuckdbSource(config, signal);
    return {
      source,
      destination,
      async [Symbol.asyncDispose]() {
        await source[Symbol.asyncDispose]();
        await destination[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await destination[Symbol.asyncDispose]();
    throw error;
  }
}
