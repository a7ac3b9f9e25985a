import { join } from 'node:path';

import type { Benchmark, Contender } from './benchmark.ts';
import { writeRuns } from './runs-in-store.ts';
import { serveFolder } from './served-project.ts';

const RUNS = 1_000;

/** From `millrace serve` on a project that has been used to the first answers, and what it holds while it waits. */
export const benchmark: Benchmark = {
  name: 'start',
  async prepare({ scale, folder }) {
    const project = join(folder, 'project');
    writeRuns(project, Math.max(2, Math.round(RUNS * scale)));
    // The portal is built and the store is migrated once, not at each start.
    await (await serveFolder(project, '--no-auth'))[Symbol.asyncDispose]();
    const contender = (name: string, figure: 'ready' | 'idleMegabytes'): Contender => ({
      name,
      command: {
        program: process.execPath,
        args: [join(import.meta.dirname, 'start-and-idle.ts'), project],
      },
      seconds: (output) => JSON.parse(output)[figure],
    });
    return {
      data: `a project with a store of ${RUNS.toLocaleString('en')} runs; ready means that an operation and the portal's page were answered`,
      serverProcesses: [],
      contenders: [contender('ready', 'ready'), contender('idle, megabytes', 'idleMegabytes')],
      goals: [
        {
          text: 'ready ≤ 1.5 s',
          judge(medians) {
            const seconds = medians['ready']?.seconds ?? Number.NaN;
            return { figure: `${seconds.toFixed(2)} s`, isReached: seconds <= 1.5 };
          },
        },
        {
          text: 'all processes, idle ≤ 200 MB',
          judge(medians) {
            const megabytes = medians['idle, megabytes']?.seconds ?? Number.NaN;
            return { figure: `${megabytes.toFixed(0)} MB`, isReached: megabytes <= 200 };
          },
        },
      ],
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
