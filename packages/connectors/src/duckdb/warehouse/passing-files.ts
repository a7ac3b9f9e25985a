import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { StagedFile } from '@millrace/connector-sdk';

import { moveFile, placeFile } from './table-files.ts';

/** No table's folder begins with a dot. */
const PASSING = '.passing';

/** What a process that died on the way left there. */
export async function removePassing(filesRoot: string): Promise<void> {
  await rm(join(filesRoot, PASSING), { recursive: true, force: true });
}

/** A folder that a locked instance may read and write, for files on their way in or out; gone with its disposal. */
export class PassingFiles implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(filesRoot: string): Promise<PassingFiles> {
    const folder = join(filesRoot, PASSING, randomUUID());
    await mkdir(folder, { recursive: true });
    return new PassingFiles(folder);
  }

  /** The same files, where the instance may read them. */
  async bringIn(files: readonly StagedFile[]): Promise<readonly StagedFile[]> {
    return await Promise.all(
      files.map(async (file) => {
        const path = join(this.folder, `${randomUUID()}.parquet`);
        await placeFile(file.path, path);
        return { ...file, path };
      }),
    );
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  async takeOut(name: string, to: string): Promise<void> {
    await moveFile(this.pathOf(name), to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
