import { PipelineError, type ConnectorRegistry } from '@millrace/connector-sdk';
import { describe, expect, it } from 'vitest';

import { openExtractPool } from './extract-pool.ts';

/** A system that never answers; a call of it ends with its signal. */
const registryModule = new URL(
  `data:text/javascript,${encodeURIComponent(`
    const source = {
      check: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      [Symbol.asyncDispose]: async () => {},
    };
    const definition = {
      name: 'silent',
      title: 'Silent',
      config: { parse: (config) => config },
      capabilities: { source: { extractIn: 'worker' } },
      openSource: async () => source,
    };
    export const registry = { silent: async () => definition };
  `)}`,
);
const { registry } = (await import(registryModule.href)) as { registry: ConnectorRegistry };
const connection = { connector: 'silent', config: {} };

function cancellation(): PipelineError {
  return new PipelineError({ code: 'cancelled', blame: 'platform', retry: 'never', message: 'Enough.' });
}

describe('ExtractPool', () => {
  it('lets go of a job that is cancelled while it waits for a thread, and keeps the place for others', async () => {
    const pool = openExtractPool({ workers: 1, registry, registryModule });
    const aborts = Array.from({ length: 3 }, () => new AbortController());
    const [first, second, third] = aborts.map(({ signal }) => pool.call(connection, 'check', [], signal));
    const ends: string[] = [];
    const firstEnd = first?.catch(() => ends.push('first'));
    aborts[1]?.abort(cancellation());
    await expect(second).rejects.toMatchObject({ code: 'cancelled', message: 'Enough.' });
    expect(ends).toEqual([]);
    aborts[0]?.abort(cancellation());
    await firstEnd;
    expect(ends).toEqual(['first']);
    aborts[2]?.abort(cancellation());
    await expect(third).rejects.toMatchObject({ code: 'cancelled' });
    await pool.close();
  });
});
