import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Benchmark, Contender, Goal } from './benchmark.ts';

const EDITS = 40;
const LARGE = 300;
const HUGE = 2_000;

/** The designer in headless Chromium against a real server: an edit until its rows are shown, and large pipelines. */
export const benchmark: Benchmark = {
  name: 'designer',
  async prepare({ scale, folder }) {
    mkdirSync(folder, { recursive: true });
    const edits = Math.max(5, Math.round(EDITS * scale));
    const contender = (name: string, what: string, count: number): Contender => ({
      name,
      command: {
        program: process.execPath,
        args: [join(import.meta.dirname, 'designer-in-browser.ts'), what, String(count)],
      },
      seconds: (output) => JSON.parse(output).seconds,
    });
    return {
      data: `a shop of 3,000 orders and 200 customers; pipelines of 7, ${LARGE} and ${HUGE.toLocaleString('en')} steps`,
      serverProcesses: [],
      contenders: [
        contender('an edit until its rows are shown (95th percentile)', 'edit', edits),
        contender(`${LARGE} steps until they can be seen`, 'open', LARGE),
        contender(`${HUGE.toLocaleString('en')} steps until they can be seen`, 'open', HUGE),
        contender(`a frame while ${LARGE} steps are dragged past`, 'pan', LARGE),
      ],
      goals: [
        limit('an edit until its rows are shown (95th percentile)', 0.5, 'edit → rows, p95 ≤ 500 ms'),
        limit(`${LARGE} steps until they can be seen`, 1, `${LARGE} steps open ≤ 1 s`),
        limit(
          `${HUGE.toLocaleString('en')} steps until they can be seen`,
          3,
          `${HUGE.toLocaleString('en')} steps open ≤ 3 s`,
        ),
        limit(`a frame while ${LARGE} steps are dragged past`, 0.02, 'panning ≥ 50 frames per second'),
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
