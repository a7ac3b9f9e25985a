import { applyEdits, readDraft, type Edit } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { addStep } from './add-step.ts';
import { canRewire, fits, inputPorts, outputRefs, portOf, removeSteps } from './connect-steps.ts';
import { settingFields } from './form-fields.ts';
import { relatives, stepGraph } from './step-graph.ts';
import { stepMeaning } from './step-meaning.ts';
import { VERB_ENTRIES, verbEntry } from './verb-entries.ts';

const TEXT = `version: 1
name: sales
steps:
  orders:
    source: { connection: shop, table: shop.orders }
  routed:
    split: { from: orders, outputs: { large: total > 100 }, otherwise: small }
  paid:
    filter: { from: routed.large, where: status = 'paid' }
  wide:
    join: { left: paid, right: orders, type: left, on: { customer_id: id } }
  publish:
    destination: { from: wide, connection: warehouse, table: mart.orders }
`;

const draft = readDraft(TEXT, '');
const graph = stepGraph(draft);

function after(edits: readonly Edit[], text = TEXT): ReturnType<typeof readDraft> {
  const result = applyEdits(text, edits);
  if (!result.isApplied) throw new Error(result.reason);
  return readDraft(result.text, '');
}

function stepOf(name: string, of = draft) {
  const found = of.steps.find((step) => step.name === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
}

describe('connections', () => {
  it('know outputs, ports and who is related', () => {
    expect(graph.edges.map(({ id, ref, output }) => [id, ref, output])).toEqual([
      ['routed:from', 'orders', undefined],
      ['paid:from', 'routed.large', 'large'],
      ['wide:left', 'paid', undefined],
      ['wide:right', 'orders', undefined],
      ['publish:from', 'wide', undefined],
    ]);
    expect(outputRefs(stepOf('routed'))).toEqual(['routed.large', 'routed.small']);
    expect(inputPorts(stepOf('wide'), graph).map(({ id }) => id)).toEqual(['left', 'right', 'and.*.right']);
    const wide = graph.into.get('wide') ?? [];
    expect(wide.map(portOf)).toEqual(['left', 'right']);
    expect([...relatives(graph, 'paid').before]).toEqual(['routed', 'orders']);
    expect([...relatives(graph, 'paid').after]).toEqual(['wide', 'publish']);
  });

  it('fit when rows can go that way and come back to nobody', () => {
    expect(fits(graph, 'orders', 'paid')).toBe(true);
    expect(fits(graph, 'wide', 'paid')).toBe(false);
    expect(fits(graph, 'publish', 'paid')).toBe(false);
    expect(fits(graph, 'paid', 'orders')).toBe(false);
    expect(fits(graph, 'paid', 'paid')).toBe(false);
  });

  it('are taken over by the neighbours of a step that goes', () => {
    expect(canRewire(graph, ['paid'])).toBe(true);
    expect(canRewire(graph, ['publish'])).toBe(false);
    expect(stepOf('wide', after(removeSteps(graph, ['paid'], true))).settings['left']).toBe('routed.large');
    expect(stepOf('publish', after(removeSteps(graph, ['paid', 'wide'], true))).settings['from']).toBe(
      'routed.large',
    );
    expect(stepOf('wide', after(removeSteps(graph, ['paid'], false))).settings['left']).toBe('paid');
  });
});

describe('addStep', () => {
  it('reads from the step before it, by the output that can be read', () => {
    const { name, edits } = addStep(graph, { verb: 'sort', after: ['routed'] });
    expect(stepOf(name, after(edits)).settings).toEqual({ from: 'routed.large' });
  });

  it('comes between two steps', () => {
    const [edge] = graph.into.get('publish') ?? [];
    const { name, edits } = addStep(graph, {
      verb: 'filter',
      ...(edge === undefined ? {} : { onEdge: edge }),
    });
    const made = after(edits);
    expect(stepOf(name, made).settings).toEqual({ from: 'wide' });
    expect(stepOf('publish', made).settings['from']).toBe(name);
  });

  it('is called after its table, and no name is given twice', () => {
    const settings = { connection: 'shop', table: 'shop.orders' };
    expect(addStep(graph, { verb: 'source', settings }).name).toBe('orders2');
    expect(addStep(graph, { verb: 'destination', settings: { table: 'mart.daily' } }).name).toBe(
      'publishDaily',
    );
  });
});

describe('verbs as the language declares them', () => {
  it('have a group, a summary and a form without the inputs that are drawn', () => {
    for (const { name, summary, inputs } of VERB_ENTRIES) {
      expect(summary).not.toBe('');
      const fields = settingFields(name, inputs);
      expect(fields.length).toBeGreaterThan(0);
      for (const { help, label } of fields) expect([help, label]).not.toContain('');
    }
    const groups = (name: Parameters<typeof verbEntry>[0]): unknown => verbEntry(name)?.group;
    expect(
      ['source', 'filter', 'join', 'union', 'destination', 'replicate'].map((name) => groups(name as 'join')),
    ).toEqual(['sources', 'shape', 'combine', 'combine', 'publish', 'publish']);
  });

  it('are entered in the form of their values', () => {
    const control = (verb: 'filter' | 'join' | 'aggregate' | 'destination', key: string): unknown =>
      settingFields(verb, verbEntry(verb)?.inputs ?? []).find(({ path }) => path.at(-1) === key)?.control;
    expect(control('filter', 'where')).toEqual({ kind: 'sql' });
    expect(control('join', 'on')).toEqual({
      kind: 'either',
      of: [
        { kind: 'pairs', from: 'column', to: 'column' },
        { kind: 'list', item: 'column' },
      ],
    });
    expect(control('aggregate', 'measures')).toEqual({ kind: 'pairs', from: 'text', to: 'sql' });
    expect(control('destination', 'key')).toEqual({ kind: 'list', item: 'column' });
    expect(control('destination', 'connection')).toEqual({ kind: 'connection' });
    expect(control('destination', 'write')).toEqual({
      kind: 'choice',
      options: ['append', 'replace', 'merge', 'scd2'],
    });
  });

  it('are told in one line', () => {
    expect(['orders', 'paid', 'wide', 'publish'].map((name) => stepMeaning(stepOf(name)))).toEqual([
      'shop · shop.orders',
      "status = 'paid'",
      'customer_id = id',
      'warehouse · mart.orders',
    ]);
  });
});
