import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { runCode } from '../packages/engine/src/code/run-code.ts';
import { openStagingDatabase, StagingDatabase } from '../packages/engine/src/stage/staging-database.ts';
import { CODE_FUNCTION, CODE_INPUT, CODE_OUTPUT } from './code-rows.ts';

/** What a code step does: a Parquet file through the sandbox into Parquet files. Arguments: input, folder of the output. */
const [input = '', folder = ''] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
const database = await openStagingDatabase({
  memoryBytes: 2 ** 30,
  threads: 2,
  scratchFolder: join(folder, 'scratch'),
});
await runCode(
  {
    database,
    folder,
    step: 'code',
    fileName: 'code.ts',
    mode: 'rows',
    source: `export default ${String(CODE_FUNCTION)};`,
    inputSql: `SELECT * FROM ${StagingDatabase.parquetOf([input])}`,
    inputFields: CODE_INPUT,
    outputFields: CODE_OUTPUT,
    limits: { memoryBytes: 2 ** 28, timeoutMs: 30_000 },
  },
  new AbortController().signal,
);
database.close();
