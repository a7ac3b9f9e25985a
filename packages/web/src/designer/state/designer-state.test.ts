import { applyEdits, readDraft, type Edit } from '@millrace/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { selectedCards, stepsOfCard } from '../model/card-graph.ts';
import { stepGraph } from '../model/step-graph.ts';
import { designerReducer, isChanged, startDesigner, type DesignerAction } from './designer-state.ts';

const TEXT = `# the head
version: 1
name: sales
steps:
  # before orders
  orders:
    source: { connection: shop, table: orders } # at orders

  customers:
    source:
      # in customers
      connection: shop
      table: customers
  wide:
    join: { left: orders, right: customers, on: { customer_id: id } }
  publish: # to the mart
    destination: { from: wide, connection: warehouse, table: mart.orders }
groups:
  # what is read
  In the shop: [orders, customers] # both
`;

function open(text = TEXT) {
  return startDesigner('sales', 'pipelines/sales.yaml', { text, revision: 'r1' });
}

const name = fc.constantFrom('orders', 'customers', 'wide', 'publish', 'extra');
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('addStep' as const),
    name: fc.constantFrom('extra', 'more'),
    step: fc.constantFrom(
      { filter: { from: 'orders', where: 'total > 1' } },
      { union: { from: ['orders', 'wide'] } },
    ),
  }),
  fc.record({ kind: fc.constant('removeStep' as const), name }),
  fc.record({
    kind: fc.constant('renameStep' as const),
    from: name,
    to: fc.constantFrom('renamed', 'orders2'),
  }),
  fc.record({ kind: fc.constant('connect' as const), from: name, to: name }),
  fc.record({ kind: fc.constant('disconnect' as const), to: name }),
  fc.record({ kind: fc.constant('moveStep' as const), name, at: fc.tuple(fc.nat(9), fc.nat(9)) }),
  fc.record({
    kind: fc.constant('pasteSteps' as const),
    yaml: fc.constantFrom(
      'orders:\n  # pasted\n  sort: { from: wide, by: [id] }\n',
      'steps:\n  more:\n    sort: { from: wide, by: [id] }\ngroups: { In the shop: [more] }\n',
    ),
  }),
  fc.record({
    kind: fc.constant('groupSteps' as const),
    name: fc.constantFrom('In the shop', 'Out: all', 'true'),
    steps: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('ungroupSteps' as const),
    name: fc.constantFrom('In the shop', 'Out: all'),
  }),
  fc.record({
    kind: fc.constant('ungroupSteps' as const),
    name: fc.constantFrom('In the shop', 'true'),
    steps: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('renameGroup' as const),
    from: fc.constantFrom('In the shop', 'Out: all'),
    to: fc.constantFrom('Renamed', 'In the shop'),
  }),
);
const action: fc.Arbitrary<DesignerAction> = fc.oneof(
  { weight: 6, arbitrary: edit.map((each) => ({ kind: 'edit', edits: [each], label: 'edit' }) as const) },
  // Through the text, as a person types: whole lines, a half of one, and something that is no YAML.
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        `${TEXT}  typed:\n    filter: { from: wide, where: "id > 1" }\n`,
        TEXT.replace('on: {', 'on: { country: '),
        `${TEXT}  typed:\n    filter: {`,
        TEXT.replace('left: orders', 'left: '),
        TEXT,
      )
      .map((text) => ({ kind: 'type', text, group: 'typing' }) as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('collapse' as const),
      group: fc.constantFrom('In the shop', 'Out: all'),
      isCollapsed: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.uniqueArray(name).map((names) => ({ kind: 'select', names }) as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'undo' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'redo' } as const) },
);

describe('the designer', () => {
  it('keeps what is typed while it saves', () => {
    const typed = `${TEXT}# typed\n`;
    const sent = designerReducer(open(), { kind: 'type', text: typed, group: 'typing' });
    const going = designerReducer(sent, { kind: 'type', text: `${typed}# more\n`, group: 'typing' });
    const answer = { kind: 'saved', pipeline: 'sales', sent: typed } as const;
    const saved = designerReducer(going, { ...answer, saved: { text: typed, revision: 'r2' } });
    expect(saved.log.text).toBe(`${typed}# more\n`);
    expect(saved.saved).toEqual({ text: typed, revision: 'r2' });
    expect(isChanged(saved)).toBe(true);
    // The file has more than was sent: the next save begins where this one did, and merges again.
    const merged = { text: `# the file's\n${typed}`, revision: 'r3' };
    expect(designerReducer(going, { ...answer, saved: merged })).toBe(going);
    expect(designerReducer(sent, { ...answer, saved: merged }).log.text).toBe(merged.text);
  });

  it('keeps canvas and text equal over 1,000 random sequences of edits, typing, undo and redo', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 14 }), (actions) => {
        let state = open();
        for (const each of actions) {
          const before = state;
          state = designerReducer(state, each);
          // The text says what the edit says to a text alone.
          if (each.kind === 'edit') {
            const alone = applyEdits(before.log.text, each.edits);
            expect(state.log.text).toBe(alone.isApplied ? alone.text : before.log.text);
            expect(state.refusal !== before.refusal).toBe(!alone.isApplied);
          }
          // The canvas shows what a fresh reading of the text says, or stands still while it cannot be read.
          const fresh = readDraft(state.log.text, state.file);
          expect(state.problems.map(({ code, range }) => [code, range.start])).toEqual(
            fresh.diagnostics.map(({ code, range }) => [code, range.start]),
          );
          if (state.isReadable) {
            expect(state.draft.steps).toEqual(fresh.steps);
            expect(state.graph).toEqual(stepGraph(fresh));
            const names = fresh.steps.map((step) => step.name);
            expect(names.filter((each) => !state.places.has(each))).toEqual([]);
            // Each step is on exactly one card, and what is selected can be seen.
            const cards = [...state.cards.steps.values()];
            expect(cards.flatMap(stepsOfCard).toSorted()).toEqual(names.toSorted());
            expect(cards.filter(({ id }) => !state.places.has(id))).toEqual([]);
            const seen = [...selectedCards(state.cards, state.selected)].flatMap(
              (id) => cards.find((card) => card.id === id) ?? [],
            );
            expect(seen.flatMap(stepsOfCard).toSorted()).toEqual(state.selected.toSorted());
          }
        }
        const end = state.log.text;
        let undone = 0;
        while (state.log.past.length > 0) {
          state = designerReducer(state, { kind: 'undo' });
          undone += 1;
        }
        expect(state.log.text).toBe(TEXT);
        expect(isChanged(state)).toBe(false);
        for (; undone > 0; undone -= 1) state = designerReducer(state, { kind: 'redo' });
        expect(state.log.text).toBe(end);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it('undoes what was typed into one field at once', () => {
    const where = (value: string): DesignerAction => ({
      kind: 'edit',
      edits: [{ kind: 'setField', path: ['steps', 'wide', 'join', 'where'], value }],
      label: 'where',
      group: 'steps.wide.join.where',
    });
    let state = ['a', 'ab', 'abc'].reduce((current, value) => designerReducer(current, where(value)), open());
    expect(state.log.past).toHaveLength(1);
    state = designerReducer(state, { kind: 'undo' });
    expect(state.log.text).toBe(TEXT);
    expect(designerReducer(state, { kind: 'redo' }).log.text).toContain('where: abc');
  });

  it('says why an edit was refused and changes nothing', () => {
    const edits = [{ kind: 'renameStep', from: 'orders', to: 'wide' }] as const;
    const state = designerReducer(open(), { kind: 'edit', edits, label: 'rename' });
    expect(state.refusal?.reason).toContain('steps.wide already');
    expect(state.log.text).toBe(TEXT);
  });

  it('selects what was added, and forgets what is gone', () => {
    const pasted = designerReducer(open(), {
      kind: 'edit',
      edits: [{ kind: 'pasteSteps', yaml: 'orders:\n  sort: { from: wide, by: [id] }\n' }],
      label: 'paste',
      select: 'added',
    });
    expect(pasted.selected).toEqual(['orders2']);
    expect(designerReducer(pasted, { kind: 'undo' }).selected).toEqual([]);
  });

  it('collapses the groups of a large document, and opens one whose step is selected', () => {
    const many = Array.from(
      { length: 70 },
      (_, index) =>
        `  s${index}: { filter: { from: ${index === 0 ? 'orders' : `s${index - 1}`}, where: a } }\n`,
    );
    const text = TEXT.replace('groups:', `${many.join('')}groups:\n  Many: [s1, s2, s3]`);
    const large = open(text);
    expect([...large.collapsed]).toEqual(['Many', 'In the shop']);
    expect(large.cards.steps.has('group:Many')).toBe(true);
    const shown = designerReducer(large, { kind: 'select', names: ['s2'] });
    expect(shown.cards.steps.has('s2')).toBe(true);
    expect([...shown.collapsed]).toEqual(['In the shop']);
    const edits = [{ kind: 'renameGroup', from: 'In the shop', to: 'Read' }] as const;
    expect([...designerReducer(shown, { kind: 'edit', edits, label: 'rename' }).collapsed]).toEqual(['Read']);
  });

  it('shows the last text that could be read while one types', () => {
    const broken = designerReducer(open(), { kind: 'type', text: `${TEXT}  a: {`, group: 'g' });
    expect(broken.isReadable).toBe(false);
    expect([...broken.graph.steps.keys()]).toEqual(['orders', 'customers', 'wide', 'publish']);
    expect(broken.problems.map(({ code }) => code)).toContain('yamlSyntax');
  });
});
