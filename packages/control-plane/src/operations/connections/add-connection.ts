import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import type { ConnectorDefinition } from '@millrace/connector-sdk';
import { applyEdit, checkSchema, formatPath, locateNowhere, nearestNames } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import type { OperationContext } from '../../operation-context.ts';
import { PROJECT_FILE } from '../../project/project.ts';
import { isSecretSetting } from '../../project/secret-settings.ts';

const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/**
 * Writes a connection into `millrace.yaml`, comments kept. Secret settings become encrypted secrets of the project and
 * stand in the file as `${secret:NAME}`; settings that are references already stay as they are.
 */
export const addConnection = defineOperation({
  name: 'connections/add-connection',
  summary: 'Add a connection to millrace.yaml.',
  permission: 'connection.write',
  input: z.strictObject({
    name: z
      .string()
      .regex(NAME_PATTERN, 'A name starts with a letter and has letters, digits, _ and -, at most 63.'),
    type: z.string(),
    settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  output: z.strictObject({
    name: z.string(),
    type: z.string(),
    file: z.string(),
    secrets: z.array(z.string()),
  }),
  async handler(context, { name, type, settings }) {
    const project = await context.project();
    const definition = await definitionOf(context, type);
    if (project.document.connections?.[name])
      throw wrong(
        `There is a connection "${name}" already. Change it in ${project.file}, or choose another name.`,
      );
    checkSettings(context, definition, settings);
    const written: Record<string, string | number | boolean> = {};
    const secrets: string[] = [];
    for (const [key, value] of Object.entries(settings)) {
      if (!isSecretSetting(definition, [key]) || isReference(value)) {
        written[key] = value;
        continue;
      }
      const secret = `${name}_${key}`.replaceAll('-', '_').toUpperCase();
      await context.secrets.write(secret, String(value));
      secrets.push(secret);
      written[key] = `\${secret:${secret}}`;
    }
    const path = join(context.projectFolder, PROJECT_FILE);
    const edited = applyEdit(await readFile(path, 'utf8'), {
      kind: 'setField',
      path: ['connections', name],
      value: { type, ...written },
    });
    if (!edited.isApplied) throw wrong(`${project.file} could not be changed: ${edited.reason}`);
    const draft = `${path}.${process.pid}.draft`;
    await writeFile(draft, edited.text);
    await rename(draft, path);
    return { name, type, file: project.file, secrets };
  },
});

async function definitionOf(context: OperationContext, type: string): Promise<ConnectorDefinition<never>> {
  const load = Object.hasOwn(context.registry, type) ? context.registry[type] : undefined;
  if (load) return await load();
  const known = Object.keys(context.registry);
  const near = nearestNames(type, known);
  if (type === '')
    throw wrong(`Say which connector: millrace connections add NAME TYPE. There are: ${known.join(', ')}.`);
  throw wrong(
    `There is no connector "${type}".${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} There are: ${known.join(', ')}.`,
  );
}

/** What a reference will hold is not known yet; every plain value must fit now. */
function checkSettings(
  context: OperationContext,
  definition: ConnectorDefinition<never>,
  settings: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value === 'string' && isSecretSetting(definition, [key])) context.redactor.add(value);
  }
  const { diagnostics } = checkSchema(definition.config, settings, locateNowhere('settings'));
  const relevant = diagnostics.filter((diagnostic) => !isReference(settings[String(diagnostic.path[0])]));
  if (relevant.length === 0) return;
  throw wrong(
    relevant
      .map((diagnostic) => `${formatPath(diagnostic.path)}: ${context.redactor.text(diagnostic.message)}`)
      .join('\n'),
  );
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && /\$\{(?:env|secret):[^}]*\}/.test(value);
}

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
