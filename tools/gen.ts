import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { generateProject } from './gen/generate-project.ts';

/**
 * Derives everything that follows from the code: registry, JSON Schemas, reference pages.
 * `--check` writes nothing and fails when a generated file differs; `--root` generates for another tree.
 */
const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    root: { type: 'string', default: join(import.meta.dirname, '..') },
  },
});

const stale: string[] = [];
for await (const { path, content } of generateProject(values.root)) {
  const target = join(values.root, path);
  const current = await readFile(target, 'utf8').catch(() => undefined);
  if (current === content) continue;
  stale.push(path);
  if (values.check) continue;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}

if (values.check && stale.length > 0) {
  console.error(
    `Generated files differ from what the code says: ${stale.join(', ')}. Run npm run gen and commit the result.`,
  );
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'Generated files are up to date.' : `Wrote ${stale.join(', ')}.`);
}
