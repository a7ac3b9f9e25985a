import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { compilePipeline, requiredTables } from '@millrace/compiler';
import { checkSchema, hasErrors, parsePipeline, parseProject, parseTableReference } from '@millrace/spec';
import type { SourceField, SourceTable } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { registry } from './registry.ts';

const root = join(import.meta.dirname, '..', '..', '..', 'examples');

describe.each(readdirSync(root))('example %s', (name) => {
  const text = readFileSync(join(root, name, 'millrace.yaml'), 'utf8');
  const { document, diagnostics, locate } = parseProject(text, 'millrace.yaml');

  it('is a project whose connections suit their connectors', async () => {
    expect(diagnostics).toEqual([]);
    for (const [connection, { type, ...settings }] of Object.entries(document?.connections ?? {})) {
      const definition = await registry[type]?.();
      if (!definition) throw new Error(`no connector "${type}"`);
      const checked = checkSchema(definition.config, settings, (path, part) =>
        locate(['connections', connection, ...path], part),
      );
      expect(checked.diagnostics).toEqual([]);
    }
  });

  it.each(readdirSync(join(root, name, 'pipelines')))('compiles %s', async (file) => {
    const parsed = parsePipeline(readFileSync(join(root, name, 'pipelines', file), 'utf8'), file);
    expect(parsed.diagnostics).toEqual([]);
    if (!parsed.document) throw new Error('no document');
    const connections = await Promise.all(
      Object.entries(document?.connections ?? {}).map(async ([connection, { type }]) => {
        const definition = await registry[type]?.();
        return [
          connection,
          {
            connector: type,
            source: definition?.capabilities.source,
            destination: definition?.capabilities.destination,
            destinationType: definition?.destinationType,
          },
        ] as const;
      }),
    );
    const tables = Object.entries(requiredTables(parsed.document)).map(
      ([connection, { include }]) =>
        [connection, (include.length > 0 ? include : ['orders']).map(sampleTable)] as const,
    );
    const { plan, diagnostics: found } = await compilePipeline({
      document: parsed.document,
      locate: parsed.locate,
      connections: Object.fromEntries(connections),
      tables: Object.fromEntries(tables),
    });
    expect(found.filter((diagnostic) => hasErrors([diagnostic]))).toEqual([]);
    expect(plan?.tasks.length).toBeGreaterThan(0);
  });
});

/** A table as a source would declare it: a key, a cursor, and columns that the examples name. */
function sampleTable(pattern: string): SourceTable {
  const table = parseTableReference(pattern.replaceAll('*', 'orders')) ?? { name: 'orders' };
  const fields: readonly SourceField[] = [
    { name: 'id', type: { kind: 'integer', bits: 64, signed: true }, nullable: false, nativeType: 'bigint' },
    { name: 'card_number', type: { kind: 'string' }, nullable: true, nativeType: 'text' },
    {
      name: 'updated_at',
      type: { kind: 'timestamp', timezone: false },
      nullable: false,
      nativeType: 'timestamp',
    },
  ];
  return {
    table,
    kind: 'table',
    fields,
    key: ['id'],
    indexedColumns: ['id', 'updated_at'],
    estimatedRows: 10,
    estimatedBytes: null,
    cursorCandidates: [],
    notes: [],
  };
}
