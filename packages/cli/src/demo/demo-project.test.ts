import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { DAILY } from './demo-project.ts';

it('has the pipeline that the front page shows', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');
  expect(readme).toContain(`\`\`\`yaml\n${DAILY}\`\`\``);
});
