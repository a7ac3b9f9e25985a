import type { DraftStep } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { placeSteps } from './place-steps.ts';
import { stepGraph } from './step-graph.ts';
import { flowOrder, nextStep } from './walk-graph.ts';

function step(name: string, ...from: readonly string[]): DraftStep {
  const settings = { from };
  const inputs = from.map((ref, index) => ({ path: ['union', 'from', index], from: ref, step: ref }));
  return { name, verb: 'union', step: { union: settings }, settings, inputs, outputs: [] };
}

const DIAMOND = stepGraph({
  steps: [
    step('a'),
    step('b'),
    step('left', 'a'),
    step('right', 'b'),
    step('both', 'left', 'right'),
    step('end', 'both'),
  ],
});

describe('placeSteps', () => {
  it('puts each step behind all that it reads', () => {
    const places = placeSteps(DIAMOND, {});
    for (const { from, to } of DIAMOND.edges)
      expect(places.get(from)?.[0] ?? 99).toBeLessThan(places.get(to)?.[0] ?? -1);
  });

  it('gives no two steps one place, and keeps the places of the document', () => {
    const places = placeSteps(DIAMOND, { left: [0, 0], end: [7.5, 3.2] });
    expect(places.get('left')).toEqual([0, 0]);
    expect(places.get('end')).toEqual([7.5, 3.2]);
    expect(new Set([...places.values()].map(String)).size).toBe(6);
  });

  it('keeps the steps of a group together, with nothing else between them', () => {
    const groups = [{ name: 'Middle', steps: ['left', 'both'] }];
    const places = placeSteps(DIAMOND, {}, groups);
    expect(places.get('both')?.[0]).toBe((places.get('left')?.[0] ?? 0) + 1);
    const inside = ['left', 'both'].map((name) => places.get(name) ?? [0, 0]);
    const [left, right] = [Math.min, Math.max].map((pick) => pick(...inside.map(([column]) => column)));
    const [top, bottom] = [Math.min, Math.max].map((pick) => pick(...inside.map(([, row]) => row)));
    for (const name of ['a', 'b', 'right', 'end']) {
      const [column, row] = places.get(name) ?? [0, 0];
      const isWithin =
        column >= (left ?? 0) && column <= (right ?? 0) && row > (top ?? 0) - 1 && row < (bottom ?? 0) + 1;
      expect([name, isWithin]).toEqual([name, false]);
    }
  });

  it('gives a collapsed group the room of one card', () => {
    const groups = [{ name: 'Middle', steps: ['left', 'both'] }];
    const places = placeSteps(DIAMOND, {}, groups, new Set(['Middle']));
    expect(places.get('end')?.[0]).toBe((places.get('left')?.[0] ?? 0) + 1);
  });

  it('leaves a group where somebody placed its steps', () => {
    const groups = [{ name: 'Middle', steps: ['left', 'both'] }];
    expect(placeSteps(DIAMOND, { left: [4, 4] }, groups).get('left')).toEqual([4, 4]);
  });

  it('ends for steps that read each other in a circle', () => {
    const circle = stepGraph({ steps: [step('a', 'c'), step('b', 'a'), step('c', 'b'), step('d', 'c')] });
    expect([...placeSteps(circle, {}).keys()].toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('places 10,000 steps that read each other, each once', () => {
    const many = stepGraph({
      steps: Array.from({ length: 10_000 }, (_, index) =>
        index < 100 ? step(`s${index}`) : step(`s${index}`, `s${index - 100}`, `s${Math.floor(index / 2)}`),
      ),
    });
    const places = placeSteps(many, {});
    expect(places.size).toBe(10_000);
    expect(new Set([...places.values()].map(String)).size).toBe(10_000);
  });
});

describe('walking the graph', () => {
  const places = placeSteps(DIAMOND, {});

  it('visits steps as rows flow', () => {
    const order = flowOrder(DIAMOND, places);
    expect(order).toHaveLength(6);
    for (const { from, to } of DIAMOND.edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
  });

  it('goes along connections and within a column', () => {
    expect(nextStep(DIAMOND, places, 'a', 'right')).toBe('left');
    expect(nextStep(DIAMOND, places, 'end', 'left')).toBe('both');
    expect(nextStep(DIAMOND, places, 'a', 'down')).toBe('b');
    expect(nextStep(DIAMOND, places, 'b', 'up')).toBe('a');
    expect(nextStep(DIAMOND, places, 'end', 'right')).toBeUndefined();
  });
});
