import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Plan } from '@millrace/compiler';
import { describeTypes } from '@millrace/engine';

import { STATE_FOLDER } from '../state-folder.ts';

/**
 * Writes what the functions of a plan get and return as declarations, one file for each code step, where an editor finds
 * them: `.millrace/types/PIPELINE/STEP.d.ts`. A file that says it already is left alone.
 */
export async function writeCodeTypes(plan: Plan, projectFolder: string): Promise<void> {
  for (const { step, code, columns } of plan.steps) {
    if (code === undefined) continue;
    const returned = columns.filter(({ name }) => code.returns.includes(name)).map(({ field }) => field);
    const path = join(projectFolder, STATE_FOLDER, 'types', plan.pipeline, `${step}.d.ts`);
    const text = describeTypes(code.reads, returned, code.mode);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text);
  }
}
