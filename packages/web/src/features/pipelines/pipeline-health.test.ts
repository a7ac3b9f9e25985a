import { expect, it } from 'vitest';

import { pipelineHealth, type ListedPipeline } from './pipeline-health.ts';

type Run = ListedPipeline['recentRuns'][number];

const AT = '2026-03-02T10:00:00.000Z';

function toneOf(states: readonly Run['state'][], lastSuccessAt: string | null = null): string {
  const recentRuns = states.map((state, index): Run => ({
    runId: `r${index}`,
    state,
    reason: state === 'failed' ? 'The source is down.' : null,
    startedAt: AT,
    finishedAt: AT,
    durationMs: 1,
  }));
  const pipeline: ListedPipeline = {
    name: 'orders',
    file: 'pipelines/orders.yaml',
    description: null,
    owner: null,
    tags: [],
    problem: null,
    steps: 1,
    reads: [],
    writes: [],
    schedule: null,
    freshness: null,
    lastSuccessAt,
    recentRuns,
  };
  return pipelineHealth(pipeline).tone;
}

it('judges a pipeline by its last run that was not cancelled', () => {
  expect(toneOf([])).toBe('waiting');
  expect(toneOf(['cancelled'])).toBe('waiting');
  expect(toneOf(['cancelled', 'failed'])).toBe('bad');
  expect(toneOf(['cancelled', 'succeeded'], AT)).toBe('ok');
  expect(toneOf(['cancelled', 'cancelled'], AT)).toBe('ok');
  expect(toneOf(['running', 'failed'])).toBe('busy');
  expect(toneOf(['queued', 'succeeded'], AT)).toBe('waiting');
  expect(toneOf(['succeeded', 'failed'], AT)).toBe('ok');
});
