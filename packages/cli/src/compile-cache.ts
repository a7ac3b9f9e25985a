import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where compiled code lies between starts. In the user's own folder: what lies there is run. */
const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'millrace', 'compiled');

/** The same for the processes that commands start. A file's cache has the functions that its first user ran, for good, and they run others. */
export const childCacheFolder = join(cacheFolder, 'children');

/** Keeps compiled code between starts: half of a short command's time. */
export function useCompileCache(): void {
  enableCompileCache(cacheFolder);
}
