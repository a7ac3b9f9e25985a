import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** `npm run new:connector NAME`: a folder with the files every connector has, which type-checks and opens nothing yet. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: join(import.meta.dirname, '..') } },
});
const name = positionals[0];
if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) {
  console.error(
    'Give the connector a name of lower-case letters, digits and hyphens: npm run new:connector mysystem',
  );
  process.exit(2);
}
const folder = join(values.root, 'packages/connectors/src', name);
if (
  await access(folder).then(
    () => true,
    () => false,
  )
) {
  console.error(
    `packages/connectors/src/${name} exists already. Choose another name, or edit the connector that is there.`,
  );
  process.exit(2);
}

const title = name[0]?.toUpperCase() + name.slice(1);
const files: Readonly<Record<string, string>> = {
  'config.ts': `import { z } from 'zod';

export const configSchema = z.strictObject({
  url: z.url().describe('Where the system answers.').meta({ title: 'URL', examples: ['https://example.com/api'] }),
});

export type Config = z.infer<typeof configSchema>;
`,
  'connector.ts': `import { defineConnector } from '@millrace/connector-sdk';

import { configSchema } from './config.ts';
import { sourceTypes } from './types.ts';

export const connector = defineConnector({
  name: '${name}',
  title: '${title}',
  summary: 'Reads tables from ${title}.',
  config: configSchema,
  capabilities: {
    source: {
      extractIn: 'worker',
      snapshot: 'transaction',
      loadModes: ['full'],
      incrementalBy: 'column',
      hasDigest: false,
      hasSchemas: false,
    },
  },
  sourceTypes,
  openSource: async (config) => (await import('./source.ts')).openSource(config),
});
`,
  'errors.ts': `import { PipelineError } from '@millrace/connector-sdk';

/** What the driver threw, as the run's error: one place that knows the system's error codes. */
export function toPipelineError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PipelineError({ code: 'queryFailed', blame: 'source', retry: 'never', message, cause: error });
}
`,
  'types.ts': `import type { TypeRule } from '@millrace/connector-sdk';

export const sourceTypes: readonly TypeRule[] = [{ native: 'text', logical: 'string', outcome: 'exact' }];
`,
  'source.ts': `import { PipelineError, type Source } from '@millrace/connector-sdk';

import type { Config } from './config.ts';

/** Opens the source: connect here, and give each of its methods its meaning (see the comments of \`Source\`). */
export async function openSource(config: Config): Promise<Source> {
  throw new PipelineError({
    code: 'connectionRefused',
    blame: 'source',
    retry: 'never',
    message: \`\${config.url} cannot be read: this connector does not connect yet. Write packages/connectors/src/${name}/source.ts.\`,
  });
}
`,
  'notes.md': `# ${title}\n\nWhat a person must know before using it: permissions, limits, what the system does that surprises.\n`,
};

await mkdir(folder, { recursive: true });
for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
console.log(
  `Wrote packages/connectors/src/${name}. Next: npm run gen, then write source.ts; docs/guide/writing-a-connector.md tells how.`,
);
