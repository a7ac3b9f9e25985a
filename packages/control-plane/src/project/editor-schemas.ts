import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ConnectorRegistry } from '@millrace/connector-sdk';
import { pipelineJsonSchema, projectJsonSchema, templateJsonSchema } from '@millrace/spec';

import { STATE_FOLDER } from '../state-folder.ts';

/** The JSON Schemas of a project's documents, with the settings of every connector. */
export interface EditorSchemas {
  readonly pipeline: Readonly<Record<string, unknown>>;
  readonly project: Readonly<Record<string, unknown>>;
  readonly template: Readonly<Record<string, unknown>>;
}

export async function editorSchemas(registry: ConnectorRegistry): Promise<EditorSchemas> {
  const settings = await Promise.all(
    Object.entries(registry).map(async ([type, load]) => [type, (await load()).config] as const),
  );
  return {
    pipeline: { ...pipelineJsonSchema() },
    project: { ...projectJsonSchema(Object.fromEntries(settings)) },
    template: { ...templateJsonSchema() },
  };
}

/** Writes the schemas to where the first line of each document points editors; returns their paths in the project. */
export async function writeEditorSchemas(
  projectFolder: string,
  schemas: EditorSchemas,
): Promise<readonly string[]> {
  const folder = join(STATE_FOLDER, 'schemas');
  await mkdir(join(projectFolder, folder), { recursive: true, mode: 0o700 });
  const paths: string[] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const path = join(folder, `${name}.json`);
    await writeFile(join(projectFolder, path), `${JSON.stringify(schema, null, 2)}\n`);
    paths.push(path);
  }
  return paths;
}
