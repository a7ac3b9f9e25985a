import type { ConnectorRegistry } from '@millrace/connector-sdk';
import { expect, it } from 'vitest';

import { openExtractPool } from '../extract/extract-pool.ts';
import { loadDefinition } from './load-definition.ts';
import { openSource } from './open-source.ts';

/** An embedded file whose reads hand over a file each; it says when one begins and ends. */
const registryModule = new URL(
  `data:text/javascript,${encodeURIComponent(`
    export const log = [];
    const source = {
      async *read({ table }) {
        log.push('begin ' + table);
        yield { kind: 'parquet', path: table, rows: 1, isTemporary: true };
        log.push('end ' + table);
        if (table === 'broken') throw new Error('The file broke.');
        return { rowsSent: 1 };
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const definition = {
      name: 'file',
      title: 'File',
      config: { parse: (config) => config },
      capabilities: { source: { extractIn: 'owner' } },
      openSource: async () => source,
    };
    export const registry = { file: async () => definition };
  `)}`,
);
const { registry, log } = (await import(registryModule.href)) as {
  registry: ConnectorRegistry;
  log: string[];
};
const connection = { connector: 'file', config: {} };
const { signal } = new AbortController();

it('lets the next read begin while what the one before brought is worked on', async () => {
  const pool = openExtractPool({ workers: 1, registry, registryModule });
  const source = openSource('file', await loadDefinition(registry, 'file'), connection, pool, 1);
  const read = (table: string) => source.read({ table } as never, signal);
  const first = read('first');
  expect(await first.next()).toMatchObject({ value: { path: 'first' } });
  const second = read('second');
  expect(await second.next()).toMatchObject({ value: { path: 'second' } });
  expect(log.slice(0, 3)).toEqual(['begin first', 'end first', 'begin second']);
  expect(await first.next()).toEqual({ done: true, value: { rowsSent: 1 } });
  await second.return({} as never);

  // What fails behind an item is told behind it, and takes no place with it.
  const broken = read('broken');
  expect(await broken.next()).toMatchObject({ value: { path: 'broken' } });
  const last = read('last');
  expect(await last.next()).toMatchObject({ value: { path: 'last' } });
  await expect(broken.next()).rejects.toThrow('The file broke.');
  expect(await last.next()).toEqual({ done: true, value: { rowsSent: 1 } });
  await pool.close();
});
