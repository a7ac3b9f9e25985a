import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where compiled code lies between starts. In the user's own folder: what lies there is run. */
export const compileCacheFolder = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'millrace',
  'compiled',
);

/** Keeps compiled code between starts: half of a short command's time. */
export function useCompileCache(): void {
  enableCompileCache(compileCacheFolder);
}
