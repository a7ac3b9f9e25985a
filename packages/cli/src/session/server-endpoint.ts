import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

import { textOption } from './command-input.ts';
import type { CommandInput } from './command-input.ts';
import type { Process } from './process.ts';

/** A server that answers for a project in place of this process. */
export interface ServerEndpoint {
  /** Without a path. */
  readonly url: string;
  readonly token: string | undefined;
  /** Whether a person named it, or it was found running on the project. */
  readonly isNamed: boolean;
}

/**
 * The server that `--server` names, else the one that runs on the project: it owns the warehouse and the runs, so
 * commands go through it.
 */
export async function findServer(
  process: Process,
  input: CommandInput,
  projectFolder: string,
): Promise<ServerEndpoint | undefined> {
  const named = textOption(input, 'server');
  if (named !== undefined)
    return { url: originOf(named), token: process.environment['MILLRACE_TOKEN'], isNamed: true };
  if (!existsSync(join(projectFolder, '.millrace', 'server.json'))) return undefined;
  const { readServerFile } = await import('@millrace/control-plane');
  const file = readServerFile(projectFolder);
  return file && { url: file.url, token: file.token, isNamed: false };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `--server takes an address such as http://127.0.0.1:4600, not "${text}".`,
  });
}
