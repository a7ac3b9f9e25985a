import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Benchmark, Contender, Goal } from './benchmark.ts';
import { graphDocument } from './graph-document.ts';

const AT_SCALE_1 = { steps: 10_000, edges: 15_000 };
const EDITS = 31;

/** A large document: from its text to its plan, and again after an edit of one step. */
export const benchmark: Benchmark = {
  name: 'graph',
  async prepare({ scale, folder }) {
    const size = {
      steps: Math.round(AT_SCALE_1.steps * scale),
      edges: Math.round(AT_SCALE_1.edges * scale),
    };
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'graph.yaml');
    const text = graphDocument(size);
    writeFileSync(file, text);
    const contender = (name: string, edits: number, figure: 'first' | 'again'): Contender => ({
      name,
      command: {
        program: process.execPath,
        args: [
          join(import.meta.dirname, 'plan-graph.ts'),
          file,
          String(size.steps),
          String(size.edges),
          String(edits),
        ],
      },
      seconds: (output) => JSON.parse(output)[figure],
    });
    return {
      data: `${size.steps.toLocaleString('en')} steps with ${size.edges.toLocaleString('en')} edges, ${(text.length / 1000).toFixed(0)} KB of YAML, no two expressions alike`,
      serverProcesses: [],
      contenders: [
        contender('parse, validate and plan', 0, 'first'),
        contender(`the same after an edit of one step (middle one of ${EDITS})`, EDITS, 'again'),
      ],
      goals: [
        limit('parse, validate and plan', 1, 'parse + validate + plan ≤ 1 s'),
        limit(`the same after an edit of one step (middle one of ${EDITS})`, 0.05, 'after one edit ≤ 50 ms'),
      ],
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

function limit(contender: string, seconds: number, text: string): Goal {
  return {
    text,
    judge(medians) {
      const measured = medians[contender]?.seconds ?? Number.NaN;
      return { figure: `${Math.round(measured * 1000)} ms`, isReached: measured <= seconds };
    },
  };
}
