import { describe, expect, it } from 'vitest';

import { applyEdit } from './apply-edit.ts';
import type { Edit } from './edit.ts';
import { copySteps } from './paste-steps.ts';

const STEPS = `version: 1
name: sales
steps:
  # what the till rang up
  orders: { source: { connection: shop, table: orders } }
  paid: { filter: { from: orders, where: total > 1 } }
  wide: { sort: { from: paid, by: [id] } }
`;
const GROUPED = `${STEPS}groups:
  # the hard part
  Clean orders: [paid, wide] # both
  Out: [orders]
`;

function edited(text: string, ...edits: readonly Edit[]): string {
  return edits.reduce((current, edit) => {
    const result = applyEdit(current, edit);
    if (!result.isApplied) throw new Error(result.reason);
    return result.text;
  }, text);
}

function refusal(text: string, edit: Edit): string {
  const result = applyEdit(text, edit);
  return result.isApplied ? result.text : result.reason;
}

describe('groups of steps', () => {
  it('begin with the steps that are put together', () => {
    expect(edited(STEPS, { kind: 'groupSteps', name: 'Clean orders', steps: ['paid', 'wide'] })).toBe(
      `${STEPS}groups: { Clean orders: [paid, wide] }\n`,
    );
  });

  it('take steps out of the groups that they were in', () => {
    expect(edited(GROUPED, { kind: 'groupSteps', name: 'Out', steps: ['wide', 'orders'] })).toBe(
      GROUPED.replace('[paid, wide]', '[paid]').replace('[orders]', '[orders, wide]'),
    );
    expect(edited(GROUPED, { kind: 'groupSteps', name: 'Clean orders', steps: ['orders'] })).toBe(
      GROUPED.replace('[paid, wide]', '[paid, wide, orders]').replace('  Out: [orders]\n', ''),
    );
  });

  it('go with their last step, and when they are dissolved', () => {
    const one = edited(GROUPED, { kind: 'ungroupSteps', name: 'Out' });
    expect(one).toBe(GROUPED.replace('  Out: [orders]\n', ''));
    expect(edited(one, { kind: 'ungroupSteps', name: 'Clean orders', steps: ['paid', 'wide'] })).toBe(STEPS);
    expect(edited(GROUPED, { kind: 'ungroupSteps', name: 'Clean orders', steps: ['paid'] })).toBe(
      GROUPED.replace('[paid, wide]', '[wide]'),
    );
  });

  it('follow their steps', () => {
    expect(edited(GROUPED, { kind: 'removeStep', name: 'wide' })).toContain('Clean orders: [paid] # both');
    expect(edited(GROUPED, { kind: 'removeStep', name: 'orders' })).not.toContain('Out:');
    expect(edited(GROUPED, { kind: 'renameStep', from: 'paid', to: 'settled' })).toContain(
      'Clean orders: [settled, wide] # both',
    );
  });

  it('are renamed in place', () => {
    expect(edited(GROUPED, { kind: 'renameGroup', from: 'Clean orders', to: 'Tidy: up' })).toBe(
      GROUPED.replace('Clean orders:', '"Tidy: up":'),
    );
  });

  it('say why an edit cannot be', () => {
    const reasons = [
      { kind: 'groupSteps', name: ' ', steps: ['paid'] },
      { kind: 'groupSteps', name: 'A', steps: [] },
      { kind: 'groupSteps', name: 'A', steps: ['paid', 'gone'] },
      { kind: 'ungroupSteps', name: 'A' },
      { kind: 'ungroupSteps', name: 'A', steps: ['paid'] },
      { kind: 'renameGroup', from: 'A', to: 'B' },
      { kind: 'renameGroup', from: 'Out', to: 'Clean orders' },
    ] as const;
    expect(reasons.map((edit) => refusal(GROUPED, edit))).toEqual([
      'A group needs a name.',
      'A group needs a step. Select what belongs together.',
      "There is no step 'gone'.",
      "There is no group 'A'.",
      "There is no group 'A'.",
      "There is no group 'A'.",
      "There is a group 'Clean orders' already.",
    ]);
  });

  it('are copied as a whole, and pasted beside the others', () => {
    const copied = copySteps(GROUPED, ['paid', 'wide']);
    expect(copied).toBe(
      `steps:
  paid: { filter: { from: orders, where: total > 1 } }
  wide: { sort: { from: paid, by: [id] } }
groups:
  Clean orders: [paid, wide]
`,
    );
    expect(copySteps(GROUPED, ['wide'])).toBe('wide: { sort: { from: paid, by: [id] } }\n');
    const pasted = edited(GROUPED, { kind: 'pasteSteps', yaml: copied });
    expect(pasted).toContain('  wide2: { sort: { from: paid2, by: [id] } }\n');
    expect(pasted).toContain('  Clean orders2: [paid2, wide2]\n');
    expect(edited('version: 1\nname: other\nsteps: {}\n', { kind: 'pasteSteps', yaml: copied })).toBe(
      `version: 1
name: other
steps:
  paid:
    filter: { from: orders, where: "total > 1" }
  wide:
    sort: { from: paid, by: [id] }
groups: { Clean orders: [paid, wide] }
`,
    );
  });
});
