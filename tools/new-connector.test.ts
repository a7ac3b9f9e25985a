import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const TOOLS = import.meta.dirname;
const ROOT = join(TOOLS, '..');

let tree: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'millrace-tree-'));
  await mkdir(join(tree, 'packages'));
  // The connectors, and the notes of verbs and checks, are what pages are made of.
  for (const name of ['connectors', 'compiler'])
    await cp(join(ROOT, 'packages', name), join(tree, 'packages', name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  await run(process.execPath, [join(TOOLS, 'new-connector.ts'), 'fakesystem', '--root', tree]);
  await run(process.execPath, [join(TOOLS, 'gen.ts'), '--root', tree]);
});

afterAll(() => rm(tree, { recursive: true }));

describe('a new connector folder', () => {
  it('is in the registry, without an edit elsewhere', async () => {
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `const { registry } = await import(${JSON.stringify(join(tree, 'packages/connectors/src/registry.generated.ts'))});
       console.log(JSON.stringify((await registry.fakesystem()).capabilities.source.loadModes));`,
    ]);
    expect(JSON.parse(stdout)).toEqual(['full']);
  });

  it('is in the schema of the project file', async () => {
    const schema = await readFile(join(tree, 'schema/project.schema.json'), 'utf8');
    expect(schema).toContain('"const": "fakesystem"');
  });

  it('has its reference page, and its types stand on the page of all types', async () => {
    expect(await readFile(join(tree, 'docs/reference/connectors/fakesystem.md'), 'utf8')).toContain(
      '| `url` | Where the system answers. | required |',
    );
    expect(await readFile(join(tree, 'docs/guide/type-mapping.md'), 'utf8')).toContain('## From Fakesystem');
  });

  it('is not written over', async () => {
    await expect(
      run(process.execPath, [join(TOOLS, 'new-connector.ts'), 'fakesystem', '--root', tree]),
    ).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists already') as string,
    });
  });
});
