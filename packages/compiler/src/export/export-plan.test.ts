import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import { exportAirflow } from './export-airflow.ts';
import { exportMermaid } from './export-mermaid.ts';
import { exportSql } from './export-sql.ts';
import { groupTasks } from './group-tasks.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** What Python says about a file; empty when it compiles. */
function compilePython(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dag-'));
  try {
    const file = join(folder, 'dag.py');
    writeFileSync(file, text);
    return spawnSync('python3', ['-m', 'py_compile', file], { encoding: 'utf8' }).stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('exportMermaid', () => {
  it('draws tables, steps and tables', () => {
    const text = exportMermaid(SALES);
    const ids = new Map(
      [...text.matchAll(/^ {2}(n\d+)\[\(?"([^"]*)"/gm)].map(([, id = '', label = '']) => [id, label]),
    );
    const edges = [...text.matchAll(/^ {2}(n\d+) --> (n\d+)$/gm)].map(
      ([, from = '', to = '']) => `${ids.get(from)} > ${ids.get(to)}`,
    );
    expect(edges).toEqual([
      'shop:log > warehouse:raw.log',
      'shop:shop.orders > orders',
      'crm:customers > customers',
      'orders > paid<br/>filter',
      'paid<br/>filter > enriched<br/>join',
      'customers > enriched<br/>join',
      'enriched<br/>join > totals<br/>aggregate',
      'enriched<br/>join > warehouse:mart.orders',
      'totals<br/>aggregate > warehouse:mart.totals',
    ]);
  });

  it('draws the groups of the document around their steps', () => {
    const text = exportMermaid(SALES, {
      'Clean "orders"': ['paid', 'enriched', 'gone'],
      Late: ['paid', 'totals'],
    });
    const subgraphs = [...text.matchAll(/^ {2}subgraph (g\d)\["(.*)"\]\n((?: {4}n\d+\n)+) {2}end$/gm)];
    const label = (id: string) => new RegExp(`^  ${id}\\["(\\w+)`, 'm').exec(text)?.[1];
    expect(
      subgraphs.map(([, id, title, ids = '']) => [id, title, ids.trim().split(/\s+/).map(label)]),
    ).toEqual([
      ['g1', 'Clean &quot;orders&quot;', ['paid', 'enriched']],
      ['g2', 'Late', ['totals']],
    ]);
  });
});

describe('exportSql', () => {
  it('makes a view of each step, in order, and says what is written where', () => {
    const text = exportSql(SALES);
    expect(text.match(/^CREATE OR REPLACE VIEW "\w+"/gm)).toEqual([
      'CREATE OR REPLACE VIEW "paid"',
      'CREATE OR REPLACE VIEW "enriched"',
      'CREATE OR REPLACE VIEW "totals"',
    ]);
    expect(text).toContain('-- Into warehouse:mart.totals: replace.\nFROM "totals";');
    expect(text).not.toContain('@');
  });
});

describe('exportAirflow', () => {
  it('gives tables that are computed from the same sources one task, and each other load its own', () => {
    expect(groupTasks(SALES)).toEqual([
      { name: 'publishLog:log', tables: ['log'] },
      { name: 'publishOrders:enriched', tables: ['mart.orders', 'mart.totals'] },
    ]);
  });

  it('keeps schedule and time zone', () => {
    const text = exportAirflow(SALES, { schedule: { cron: '5 4 * * *', timezone: 'Europe/Berlin' } });
    expect(text).toContain('schedule="5 4 * * *"');
    expect(text).toContain('tz="Europe/Berlin"');
    expect(text).toContain('"millrace run sales --tables mart.orders --tables mart.totals"');
  });

  it.skipIf(!hasPython)('is Python, whatever the description says', () => {
    for (const description of [undefined, 'It\'s """quoted""" \\ with\nlines and {{ braces }} \u{1f600}'])
      expect(compilePython(exportAirflow(SALES, { description }))).toBe('');
  });
});
