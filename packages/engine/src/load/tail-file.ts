import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { StagedFile } from '@millrace/connector-sdk';

import { toStagingError } from '../stage/staging-error.ts';

const TAIL_NAME = 'tail.hashes';

/** Makes the hashes of a tail durable, 8 bytes each, little-endian, in order. The path is relative to the folder. */
export async function writeTailFile(
  folder: string,
  hashes: BigUint64Array<ArrayBuffer>,
): Promise<StagedFile> {
  const bytes = new Uint8Array(hashes.buffer);
  try {
    const handle = await open(join(folder, TAIL_NAME), 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw toStagingError(error);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path: TAIL_NAME, rows: hashes.length, sizeBytes: bytes.length, sha256 };
}

export async function readTailFile(folder: string, file: StagedFile): Promise<BigUint64Array> {
  const bytes = await readFile(join(folder, file.path));
  return new BigUint64Array(new Uint8Array(bytes).buffer);
}
