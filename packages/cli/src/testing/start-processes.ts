import { pathToFileURL } from 'node:url';

import { programFile } from '../../../../bin/compiled.mjs';
import type * as starters from '../start-runner.ts';

const program = pathToFileURL(programFile('packages/cli/src/start-runner.ts')).href;

/** The starters of runners and warehouse hosts as people have them: compiled while that is of these sources, and quick. */
export const { startRunner, startWarehouseHost }: typeof starters = await import(program);
