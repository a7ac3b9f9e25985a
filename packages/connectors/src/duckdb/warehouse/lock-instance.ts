import { text } from './names.ts';
import type { Session } from './session.ts';

/**
 * From here on, for every connection and for good, the instance touches no file but its own and those under `filesRoot`, reaches no
 * network, loads no extension and changes no setting, except which schema a connection is in.
 */
export async function lockInstance(session: Session, filesRoot: string, signal: AbortSignal): Promise<void> {
  // In this order: each needs what the ones before left open.
  await session.run(`SET allowed_directories = [${text(`${filesRoot}/`)}]`, signal);
  await session.run(
    "SET allowed_configs = ['schema']; SET enable_external_access = false; SET lock_configuration = true",
    signal,
  );
}
