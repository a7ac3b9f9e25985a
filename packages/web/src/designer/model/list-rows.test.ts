import { describe, expect, it } from 'vitest';

import { listRows } from './list-rows.ts';

const CLEAN = { name: 'Clean', steps: ['wide', 'paid'] };
const said = (...collapsed: readonly string[]) =>
  listRows(['orders', 'paid', 'customers', 'wide', 'publish'], [CLEAN], new Set(collapsed)).map((row) =>
    row.kind === 'group'
      ? `${row.isCollapsed ? '+' : '-'} ${row.group.name}`
      : `${row.isInGroup ? '  ' : ''}${row.name}`,
  );

describe('the list of steps', () => {
  it('has the steps of a group under its name, in their order', () => {
    expect(said()).toEqual(['orders', '- Clean', '  paid', '  wide', 'customers', 'publish']);
  });

  it('has only the name of a collapsed group', () => {
    expect(said('Clean')).toEqual(['orders', '+ Clean', 'customers', 'publish']);
  });
});
