import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { Plugin } from 'rolldown';

import type { UsedFile } from '../../bin/compiled.mjs';

/** A file that changes twice within a tick of the file system's clock looks as if it had changed once. */
const TICK_MS = 50;

/** What a compilation is made of, each file as it was before it was read. */
export class UsedFiles {
  readonly #projectFolder: string;
  readonly #begunAt = Date.now();
  readonly #files = new Map<string, UsedFile>();

  private constructor(projectFolder: string) {
    this.#projectFolder = projectFolder;
  }

  static async begin(projectFolder: string): Promise<UsedFiles> {
    const used = new UsedFiles(projectFolder);
    await wait(TICK_MS);
    used.#add(join(projectFolder, 'package-lock.json'));
    // Another compiler, or another way to call it, makes something else of the same sources.
    for (const name of readdirSync(import.meta.dirname))
      if (!name.endsWith('.test.ts')) used.#add(join(import.meta.dirname, name));
    return used;
  }

  /** Throws when one of them changed since the beginning, which may be before or after it was read. */
  list(): readonly UsedFile[] {
    const files = [...this.#files.values()];
    for (const [path, size, mtimeMs] of files) {
      const now = statSync(join(this.#projectFolder, path));
      if (mtimeMs > this.#begunAt || now.mtimeMs !== mtimeMs || now.size !== size)
        throw new Error(`${path} changed while it was compiled. Compile again.`);
    }
    return files;
  }

  plugin(): Plugin {
    return {
      name: 'used-files',
      load: (id) => {
        // What the compiler makes up has no file.
        if (isAbsolute(id)) this.#addModule(id);
        return undefined;
      },
    };
  }

  /** A module, and the package.json that says which modules its package has. */
  #addModule(file: string): void {
    this.#add(file);
    let folder = dirname(file);
    while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
    this.#add(join(folder, 'package.json'));
  }

  #add(file: string): void {
    if (this.#files.has(file)) return;
    const { size, mtimeMs } = statSync(file);
    this.#files.set(file, [relative(this.#projectFolder, file), size, mtimeMs]);
  }
}
