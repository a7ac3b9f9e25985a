import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { isProcessAlive, processIdentity } from '../lease/process-identity.ts';
import { STATE_FOLDER } from '../state-folder.ts';

const schema = z.object({
  /** Where it answers. */
  url: z.string(),
  pid: z.int(),
  /** Host, boot, pid and start of the process: a pid alone is given to others later. */
  identity: z.string(),
  /** Lets programs of whoever may read this file call it as the project's owner. */
  token: z.string(),
});

/** How programs on this machine find the server that owns a project: `.millrace/server.json`, for its owner's eyes only. */
export type ServerFile = z.output<typeof schema>;

/** The server that runs on the project; undefined when there is none, or when what the file names is gone. */
export function readServerFile(projectFolder: string): ServerFile | undefined {
  let text: string;
  try {
    text = readFileSync(pathOf(projectFolder), 'utf8');
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success && isProcessAlive(parsed.data.identity) !== false ? parsed.data : undefined;
}

/** Throws `configInvalid` when a server runs on the project. */
export function requireNoServer(projectFolder: string): void {
  const running = readServerFile(projectFolder);
  if (!running) return;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `A server runs on this project already: ${running.url} (process ${running.pid}). Use that one, or stop it first.`,
  });
}

/**
 * Says that this process serves the project, until it is disposed of. Throws `configInvalid` when another process does.
 */
export function claimServerFile(projectFolder: string, url: string): ServerFile & Disposable {
  const path = pathOf(projectFolder);
  requireNoServer(projectFolder);
  const file: ServerFile = {
    url,
    pid: process.pid,
    identity: processIdentity(),
    token: randomBytes(32).toString('base64url'),
  };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // What a killed server left goes; of two that start at once, `wx` lets one through.
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return {
    ...file,
    [Symbol.dispose]: () => {
      if (readServerFile(projectFolder)?.token === file.token) rmSync(path, { force: true });
    },
  };
}

function pathOf(projectFolder: string): string {
  return join(projectFolder, STATE_FOLDER, 'server.json');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
