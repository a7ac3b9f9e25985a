import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError, type PublicationRecord } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { syncFolder } from '../stage/manifest.ts';
import { toStagingError } from '../stage/staging-error.ts';

const HEAD_NAME = 'head.json';

/** Which package a landed table is at; written last, so that it moves in one step. */
export interface Head {
  readonly version: 1;
  readonly record: PublicationRecord;
  readonly fields: readonly Field[];
  /** What checks measured in the last publications, by check, the latest last. */
  readonly measures: Readonly<Record<string, readonly number[]>>;
}

/** The head in the folder of a task; undefined before its first load. */
export async function readHead(folder: string): Promise<Head | undefined> {
  const path = join(folder, HEAD_NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw toStagingError(error);
  }
  const head = parseHead(text);
  if (head !== undefined) return head;
  throw new PipelineError({
    code: 'manifestInvalid',
    blame: 'platform',
    retry: 'never',
    message: `${path} does not say which rows are landed. Remove the folder and run again: the table is then loaded anew.`,
  });
}

/** Replaces the head in one step, on disk when it returns. */
export async function writeHead(folder: string, head: Head): Promise<void> {
  const temporary = join(folder, `${HEAD_NAME}.partial`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(`${JSON.stringify(head, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(folder, HEAD_NAME));
    await syncFolder(folder);
  } catch (error) {
    throw toStagingError(error);
  }
}

function parseHead(text: string): Head | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHead(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is Head {
  if (typeof value !== 'object' || value === null || !('record' in value) || !('fields' in value))
    return false;
  const { record } = value;
  return (
    typeof record === 'object' &&
    record !== null &&
    'runId' in record &&
    typeof record.runId === 'string' &&
    'fenceToken' in record &&
    typeof record.fenceToken === 'number' &&
    Array.isArray(value.fields) &&
    'measures' in value &&
    typeof value.measures === 'object'
  );
}
