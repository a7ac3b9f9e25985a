import type { RunEvent, RunEventBody } from '@millrace/engine';
import { describe, expect, it } from 'vitest';

import { createPaint } from './paint.ts';
import { textWidth } from './terminal-text.ts';
import { formatProgress } from './watch-run.ts';

const space = { columns: 80, rows: 10, paint: createPaint(false) };

function events(bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body) => ({ at: '2026-01-01T00:00:00.000Z', runId: 'r', attempt: 1, ...body }));
}

function manyTables(count: number): readonly RunEvent[] {
  const tasks = Array.from({ length: count }, (_, index) => `shop:table_${index}`);
  return events([
    { type: 'runStarted', pipeline: 'p', planFingerprint: 'f', tasks, tables: {} },
    ...tasks.map((task) => ({ type: 'taskStarted', task, mode: 'full', reason: 'first load' }) as const),
  ]);
}

describe('formatProgress', () => {
  it('shows rows, rate, bytes and what remains', () => {
    const lines = formatProgress(
      events([
        {
          type: 'runStarted',
          pipeline: 'p',
          planFingerprint: 'f',
          tasks: ['publishT:t', 'publishU:u'],
          tables: { 'publishT:t': 'mart.t', 'publishU:u': 'mart.u' },
        },
        { type: 'taskStarted', task: 'publishT:t', mode: 'full', reason: 'first load' },
        { type: 'taskProgress', task: 'publishT:t', rows: 250_000, bytes: 2 ** 20, estimatedRows: 1_000_000 },
      ]),
      5000,
      space,
    );
    expect(lines).toEqual([
      '0 of 2 tables  250,000 rows  50,000/s  1.0 MiB  5.00 s',
      '  mart.t      250,000 rows  50,000/s  1.0 MiB  25 %  about 15.0 s left',
      '… 1 waiting',
    ]);
  });

  it('stays within the terminal for 1,000 tables, whatever they are called', () => {
    const lines = formatProgress(
      [
        ...manyTables(1000),
        ...events([
          { type: 'taskStarted', task: `x:\u001b[2J${'東'.repeat(200)}`, mode: 'full', reason: '' },
        ]),
      ],
      1000,
      space,
    );
    expect(lines.length).toBeLessThanOrEqual(space.rows);
    for (const line of lines) {
      expect(textWidth(line)).toBeLessThan(space.columns);
      expect(line).not.toContain('\u001b');
    }
  });
});
