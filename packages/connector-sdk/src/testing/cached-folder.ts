import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * A folder that is built once on this machine and kept for later runs, in `$XDG_CACHE_HOME/millrace` or
 * `~/.cache/millrace`. It appears by one rename, so it is complete or absent; of several builders the first one wins.
 */
export async function cachedFolder(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const path = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace', name);
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const building = await mkdtemp(join(dirname(path), `.building-${basename(path)}-`));
  try {
    await build(building);
    await rename(building, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return path;
}
