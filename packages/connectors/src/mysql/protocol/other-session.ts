import type { MysqlConfig } from '../config.ts';
import type { Role } from '../errors.ts';
import { MysqlConnection } from './connection.ts';

/** True while the session with that id computes (as opposed to: its answer was sent and got lost on the way). */
export async function isThreadWorking(config: MysqlConfig, role: Role, threadId: number): Promise<boolean> {
  const limit = AbortSignal.timeout(config.connectTimeoutSeconds * 1000);
  await using other = await MysqlConnection.open(config, role, limit);
  const rows = await other.during(limit, () =>
    other.query(`SELECT COMMAND, STATE FROM information_schema.PROCESSLIST WHERE ID = ${threadId}`),
  );
  const [command, state] = rows[0] ?? [];
  return command === 'Query' && !/writing to net|sending to client/i.test(state ?? '');
}

/** Ends the session with that id; an account may always end its own. */
export async function killThread(config: MysqlConfig, role: Role, threadId: number): Promise<void> {
  const limit = AbortSignal.timeout(config.connectTimeoutSeconds * 1000);
  await using other = await MysqlConnection.open(config, role, limit);
  await other.during(limit, () => other.execute(`KILL ${threadId}`));
}
