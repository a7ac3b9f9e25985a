import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Keeps compiled code between starts: half of a short command's time. In the user's own folder: what lies there is run. */
export function useCompileCache(): void {
  enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'millrace', 'compiled'));
}
