import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { stepInputs } from '../document/step.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { applyEdit, applyEdits } from './apply-edit.ts';
import type { Edit } from './edit.ts';
import { copySteps } from './paste-steps.ts';
import { stepBlocks } from './step-blocks.ts';

const HEAD = 'version: 1\nname: shop\nsteps:\n';
const SOURCES = `  a: # first
    source: { connection: shop, table: a }
  b:
    source: { connection: shop, table: b }
  c:
    source: { connection: shop, table: c }
`;

function edited(text: string, ...edits: readonly Edit[]): string {
  const result = applyEdits(text, edits);
  if (!result.isApplied) throw new Error(result.reason);
  return result.text;
}

function refusal(text: string, edit: Edit): string {
  const result = applyEdit(text, edit);
  return result.isApplied ? 'applied' : result.reason;
}

describe('connect and disconnect', () => {
  const union = `${HEAD}${SOURCES}  all:\n    union: { from: [a, b] } # both\n`;
  const join = `${HEAD}${SOURCES}  wide:\n    join: { on: [id] }\n`;
  const sql = `${HEAD}${SOURCES}  made:\n    sql: { from: { x: a }, query: SELECT 1 FROM x }\n`;

  it('adds to a list, and takes its last or a chosen item away', () => {
    const three = edited(union, { kind: 'connect', from: 'c', to: 'all' });
    expect(three).toBe(union.replace('[a, b]', '[a, b, c]'));
    expect(edited(three, { kind: 'disconnect', to: 'all' })).toBe(union);
    expect(edited(three, { kind: 'disconnect', to: 'all', input: ['from', 0] })).toBe(
      union.replace('[a, b]', '[b, c]'),
    );
    expect(edited(three, { kind: 'connect', from: 'b', to: 'all', input: ['from', 2] })).toBe(
      union.replace('[a, b]', '[a, b, b]'),
    );
  });

  it('fills the inputs of a join one after the other, and further ones as further joins', () => {
    const two = edited(
      join,
      { kind: 'connect', from: 'a', to: 'wide' },
      { kind: 'connect', from: 'b', to: 'wide' },
    );
    expect(two).toBe(join.replace('on: [id]', 'on: [id], left: a, right: b'));
    const three = edited(two, { kind: 'connect', from: 'c', to: 'wide' });
    expect(three).toBe(two.replace('right: b', 'right: b, and: [{ right: c }]'));
    expect(edited(three, { kind: 'disconnect', to: 'wide', input: ['and', 0, 'right'] })).toBe(two);
    expect(edited(two, { kind: 'disconnect', to: 'wide', input: ['left'] })).toBe(
      two.replace('left: a, ', ''),
    );
    expect(edited(two, { kind: 'connect', from: 'c', to: 'wide', input: ['left'] })).toBe(
      two.replace('left: a', 'left: c'),
    );
  });

  it('names the inputs of a query that has names of its own', () => {
    const two = edited(sql, { kind: 'connect', from: 'b', to: 'made' });
    expect(two).toBe(sql.replace('{ x: a }', '{ x: a, b: b }'));
    expect(edited(two, { kind: 'disconnect', to: 'made', input: ['from', 'x'] })).toBe(
      sql.replace('{ x: a }', '{ b: b }'),
    );
  });

  it('refuses an input that the verb does not have', () => {
    const wrong: Edit = { kind: 'connect', from: 'c', to: 'wide', input: ['middle'] };
    expect(refusal(join, wrong)).toBe("Step 'wide' has no input middle.");
    expect(refusal(join, { kind: 'disconnect', to: 'wide' })).toBe(
      "Step 'wide' does not read from another step there.",
    );
    expect(refusal(join, { kind: 'connect', from: 'b', to: 'a' })).toBe("Step 'a' reads from no other step.");
  });
});

describe('pasteSteps', () => {
  const text = `${HEAD}  # what is sold
  orders:
    # from the shop
    source: { connection: shop, table: orders } # all of it

  # only what counts
  paid:
    filter: { from: orders, where: paid }
# the end
owner: me
`;

  it('copies steps with their comments, and pastes them under free names that read each other', () => {
    const copied = copySteps(text, ['orders', 'paid']);
    expect(copied).toBe(`# what is sold
orders:
  # from the shop
  source: { connection: shop, table: orders } # all of it

# only what counts
paid:
  filter: { from: orders, where: paid }
`);
    const pasted = edited(text, { kind: 'pasteSteps', yaml: copied });
    expect(pasted).toBe(
      text.replace(
        '# the end',
        `  # what is sold
  orders2:
    # from the shop
    source: { connection: shop, table: orders } # all of it

  # only what counts
  paid2:
    filter: { from: orders2, where: paid }
# the end`,
      ),
    );
  });

  it('takes whole documents, and documents without steps', () => {
    const empty = 'version: 1\nname: new\nsteps: {} # none yet\n';
    const pasted = edited(empty, { kind: 'pasteSteps', yaml: text });
    expect(pasted).toBe(`version: 1
name: new
steps: # none yet
  orders:
    source: { connection: shop, table: orders }
  paid:
    filter: { from: orders, where: paid }
`);
  });

  it('says what it cannot take', () => {
    expect(refusal(text, { kind: 'pasteSteps', yaml: 'just words' })).toContain('holds no steps');
    expect(refusal(text, { kind: 'pasteSteps', yaml: 'a: 1' })).toContain('holds no steps');
    expect(refusal(text, { kind: 'pasteSteps', yaml: 'a: [' })).toContain('not valid YAML');
  });
});

describe('addStep', () => {
  it('begins the block of steps', () => {
    const step = { source: { connection: 'shop', table: 'orders' } };
    const block = '\n  orders:\n    source: { connection: shop, table: orders }\n';
    for (const empty of ['version: 1\nname: x\n', 'version: 1\nname: x\nsteps: {}\n']) {
      expect(edited(empty, { kind: 'addStep', name: 'orders', step })).toBe(
        `version: 1\nname: x\nsteps:${block}`,
      );
    }
    expect(edited('', { kind: 'addStep', name: 'orders', step })).toBe(`steps:${block}`);
  });
});

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;
const name = fc.constantFrom(...NAMES);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('addStep' as const),
    name: fc.constantFrom('n1', 'n2', 'n3'),
    step: fc.constantFrom(
      { filter: { from: 'a', where: 'x > 1' } },
      { union: { from: ['a', 'b'] } },
      { join: { left: 'a', right: 'b', on: { id: 'id' } } },
      { sql: { from: { one: 'a' }, query: 'SELECT *\nFROM one' } },
    ),
  }),
  fc.record({ kind: fc.constant('removeStep' as const), name }),
  fc.record({
    kind: fc.constant('renameStep' as const),
    from: name,
    to: fc.constantFrom('x', 'y', ...NAMES),
  }),
  fc.record({
    kind: fc.constant('connect' as const),
    from: name,
    to: fc.constantFrom('d', 'e', 'n1', 'n2', 'n3'),
  }),
  fc.record({ kind: fc.constant('disconnect' as const), to: fc.constantFrom('d', 'e', 'n1', 'n2', 'n3') }),
  fc.record({ kind: fc.constant('moveStep' as const), name, at: fc.tuple(fc.nat(9), fc.nat(9)) }),
  fc.record({
    kind: fc.constant('setField' as const),
    path: fc.tuple(fc.constant('steps'), name, fc.constant('description')),
    value: fc.string(),
  }),
  fc.record({
    kind: fc.constant('pasteSteps' as const),
    yaml: fc.constant('a:\n  # pasted\n  limit: { from: b, rows: 5 }\n'),
  }),
);

const START = `# the head
version: 1
name: shop
steps:
  # before a
  a:
    source: { connection: shop, table: a } # at a
  b:
    # in b
    source:
      connection: shop
      table: b

  # before d
  d:
    join: { left: a, right: b, on: { id: id } }
  e:
    union:
      from:
        - a # the first
        - b
# the tail
layout: { a: [0, 0] }
`;

describe('edits, 1,000 random sequences of them', () => {
  it('keep the text readable and every comment of what they leave alone, and copies are what was copied', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        let text = START;
        for (const each of edits) {
          const result = applyEdit(text, each);
          if (!result.isApplied) continue;
          const read = readYaml(result.text, '');
          expect(read.diagnostics).toEqual([]);
          const untouched = commentsOf(text).filter((comment) => !isAbout(comment, each, text));
          expect(commentsOf(result.text)).toEqual(expect.arrayContaining(untouched));
          text = result.text;
        }
        const { steps } = Object(readYaml(text, '').value) as { readonly steps: object };
        const names = Object.keys(steps);
        const copied = copySteps(text, names);
        if (names.length > 0) expect(readYaml(copied, '').value).toEqual(steps);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it('connect what they say', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constantFrom('d', 'e')), { maxLength: 6 }), (pairs) => {
        let text = `${HEAD}${SOURCES}  d:\n    sql: { from: [a], query: SELECT 1 }\n  e:\n    union: { from: [a, b] }\n  z:\n    destination: { from: e, connection: w, table: z }\n  y:\n    destination: { from: d, connection: w, table: y }\n`;
        const expected = { d: ['a'], e: ['a', 'b'] };
        for (const [from, to] of pairs.filter(([each]) => each < 'd')) {
          text = edited(text, { kind: 'connect', from, to });
          expected[to].push(from);
        }
        const steps = parsePipeline(text, '').document?.steps ?? {};
        for (const to of ['d', 'e'] as const) {
          const step = steps[to];
          expect(step && stepInputs(step).map(({ from }) => from)).toEqual(expected[to]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function commentsOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /# (?!pasted)(.*)$/.exec(line)?.[0] ?? []);
}

/** Of the lines that an edit takes away or writes anew. */
function isAbout(comment: string, edit: Edit, text: string): boolean {
  const isOnlyStep = stepBlocks(text)?.length === 1;
  const about = edit.kind === 'removeStep' ? edit.name : edit.kind === 'disconnect' ? edit.to : undefined;
  if (about === undefined) return false;
  const block = stepBlocks(text)?.find(({ name: step }) => step === about);
  return isOnlyStep || (block?.text.includes(comment) ?? true);
}
