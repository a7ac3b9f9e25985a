// tools/compile/main.ts: what tools/start.mjs runs when the programs are not compiled from the sources as they are.
import { join } from 'node:path';

import { compilePrograms } from './compile-programs.ts';

await compilePrograms(join(import.meta.dirname, '../..'));
