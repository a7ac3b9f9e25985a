import { join } from 'node:path';

import { type Benchmark } from './benchmark.ts';
import { quote, shell } from './bench-project.ts';

const SCHEDULES_AT_SCALE_1 = 1000;
const LATE_SECONDS = 0.5;
const PROGRAM = join(import.meta.dirname, 'fire-schedules.ts');

/** How late schedules are that are all due in the same second; none missed and none fired twice, by two schedulers. */
export const benchmark: Benchmark = {
  name: 'schedule',
  async prepare({ scale, folder }) {
    const count = Math.max(1, Math.round(SCHEDULES_AT_SCALE_1 * scale));
    return {
      data: `${count} schedules that are due in one second, two schedulers; the time is the 99th percentile of lateness`,
      serverProcesses: [],
      contenders: [
        {
          name: 'millrace',
          command: shell(
            `${quote(process.execPath)} ${quote(PROGRAM)} ${quote(join(folder, 'project'))} ${count}`,
          ),
          seconds: (output) => Number(output.trim().split('\n').at(-1)),
        },
      ],
      goals: [
        {
          text: `p99 of lateness ≤ ${LATE_SECONDS * 1000} ms, 0 missed, 0 double`,
          judge(medians) {
            const seconds = medians['millrace']?.seconds ?? Number.NaN;
            return { figure: `${Math.round(seconds * 1000)} ms`, isReached: seconds <= LATE_SECONDS };
          },
        },
      ],
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
