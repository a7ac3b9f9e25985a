import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import { PipelineError, type SourcePosition } from '@millrace/connector-sdk';
import { z } from 'zod';

import type { ListedFile } from './folder/list-files.ts';

/** Bytes at each end of a file that its fingerprint covers. */
const FINGERPRINT_BYTES = 64 * 1024;

const loadedFile = z.object({ sizeBytes: z.number(), modifiedMs: z.number(), fingerprint: z.string() });
const filesPosition = z.object({ kind: z.literal('files'), files: z.record(z.string(), loadedFile) });

export type LoadedFile = z.output<typeof loadedFile>;
export type LoadedFiles = Readonly<Record<string, LoadedFile>>;

/** The files that earlier loads covered, by path. */
export function readPosition(position: SourcePosition | null): LoadedFiles {
  if (position === null) return {};
  const parsed = filesPosition.safeParse(position);
  if (parsed.success) return parsed.data.files;
  throw new PipelineError({
    code: 'positionLost',
    blame: 'platform',
    retry: 'never',
    message: 'The saved position does not list loaded files. Run once with --full-refresh.',
  });
}

export function writePosition(files: LoadedFiles): SourcePosition {
  return { kind: 'files', files };
}

/**
 * The listed files that were not loaded yet. A loaded file whose content changed is an error: its old rows are in the
 * destination, and nothing tells them from the new ones.
 */
export async function newFiles(
  listed: readonly ListedFile[],
  loaded: LoadedFiles,
  table: string,
): Promise<readonly ListedFile[]> {
  const result: ListedFile[] = [];
  for (const file of listed) {
    const known = Object.hasOwn(loaded, file.path) ? loaded[file.path] : undefined;
    if (known === undefined) result.push(file);
    else if (!(await isUnchanged(file, known))) throw changed(file, known, table);
  }
  return result;
}

async function isUnchanged(file: ListedFile, known: LoadedFile): Promise<boolean> {
  if (file.sizeBytes !== known.sizeBytes) return false;
  return file.modifiedMs === known.modifiedMs || (await fingerprint(file)) === known.fingerprint;
}

function changed(file: ListedFile, known: LoadedFile, table: string): PipelineError {
  return new PipelineError({
    code: 'positionLost',
    blame: 'source',
    retry: 'never',
    message: `${file.path} changed after it was loaded into ${table} (${known.sizeBytes} bytes then, ${file.sizeBytes} now). Add rows in new files only; to load the table anew, run with --full-refresh.`,
  });
}

/** SHA-256 over the size and both ends of a file: enough to notice a replaced or appended file without reading it all. */
export async function fingerprint(file: ListedFile): Promise<string> {
  const handle = await open(file.absolutePath, 'r');
  try {
    const hash = createHash('sha256').update(`${file.sizeBytes}:`);
    const head = Buffer.alloc(Math.min(FINGERPRINT_BYTES, file.sizeBytes));
    await handle.read(head, 0, head.length, 0);
    hash.update(head);
    const tailStart = Math.max(head.length, file.sizeBytes - FINGERPRINT_BYTES);
    const tail = Buffer.alloc(file.sizeBytes - tailStart);
    await handle.read(tail, 0, tail.length, tailStart);
    return hash.update(tail).digest('hex');
  } finally {
    await handle.close();
  }
}
