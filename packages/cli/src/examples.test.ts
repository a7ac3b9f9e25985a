import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { applyEdits, checkSchema, parsePipeline, parseProject, renderPipeline } from '@millrace/spec';
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

  it.each(readdirSync(join(root, name, 'pipelines')))(
    'has the document %s, in which nothing is wrong',
    (file) => {
      const parsed = parsePipeline(readFileSync(join(root, name, 'pipelines', file), 'utf8'), file);
      expect(parsed.diagnostics).toEqual([]);
    },
  );

  it.each(readdirSync(join(root, name, 'pipelines')))(
    'is as it was when %s is written again or an edit taken back',
    (file) => {
      const text = readFileSync(join(root, name, 'pipelines', file), 'utf8');
      const { document } = parsePipeline(text, file);
      if (document === undefined) throw new Error('no document');
      expect(parsePipeline(renderPipeline(document), file).document).toEqual(document);
      for (const step of Object.keys(document.steps)) {
        const there = { kind: 'renameStep', from: step, to: 'another_name' } as const;
        const back = { kind: 'renameStep', from: 'another_name', to: step } as const;
        expect(applyEdits(text, [there, back])).toEqual({ isApplied: true, text });
      }
    },
  );

  it('says how it is run', () => {
    expect(readFileSync(join(root, name, 'README.md'), 'utf8')).toMatch(/^millrace run /m);
  });
});
