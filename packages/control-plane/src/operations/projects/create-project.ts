import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { STATE_FOLDER } from '../../state-folder.ts';
import { defineOperation } from '../../operation.ts';
import { editorSchemas, writeEditorSchemas } from '../../project/editor-schemas.ts';
import { PIPELINES_FOLDER, PROJECT_FILE } from '../../project/project.ts';

const IGNORED = `${STATE_FOLDER}/`;

/** Makes a project in a folder. What is there already stays as it is; a folder that is a project already is refused. */
export const createProject = defineOperation({
  name: 'projects/create-project',
  summary: 'Make a project: millrace.yaml, pipelines/, .gitignore.',
  permission: 'project.create',
  isLocal: true,
  input: z.strictObject({ folder: z.string().min(1), name: z.string().min(1).optional() }),
  output: z.strictObject({ folder: z.string(), name: z.string(), files: z.array(z.string()) }),
  async handler(context, input) {
    const folder = resolve(context.workingFolder, input.folder);
    const name = input.name ?? basename(folder);
    await mkdir(join(folder, PIPELINES_FOLDER), { recursive: true });
    if ((await readdir(folder)).includes(PROJECT_FILE)) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `${relative(context.workingFolder, join(folder, PROJECT_FILE))} exists already. Choose another folder, or go on with this project.`,
      });
    }
    await writeEditorSchemas(folder, await editorSchemas(context.registry));
    await ignoreState(join(folder, '.gitignore'));
    await writeFile(join(folder, PROJECT_FILE), projectText(name), { flag: 'wx' });
    return { folder, name, files: [PROJECT_FILE, `${PIPELINES_FOLDER}/`, '.gitignore'] };
  },
});

/** The first line lets editors with a YAML language server complete and check the document. */
export const PIPELINE_SCHEMA_LINE = `# yaml-language-server: $schema=../${STATE_FOLDER}/schemas/pipeline.json`;

function projectText(name: string): string {
  return `# yaml-language-server: $schema=./${STATE_FOLDER}/schemas/project.json
version: 1
name: ${JSON.stringify(name)}

connections:
  # Tables come from and go to connections. Add more with: millrace connections add NAME
  warehouse: { type: duckdb, path: warehouse.duckdb }

defaults:
  warehouse: warehouse
`;
}

async function ignoreState(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const missing = [IGNORED, '*.duckdb', '*.duckdb.wal', '*.duckdb.files/'].filter(
    (line) => !lines.includes(line),
  );
  if (missing.length === 0) return;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeFile(path, `${start}${missing.join('\n')}\n`);
}
