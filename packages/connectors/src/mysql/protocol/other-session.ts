import { setTimeout } from 'node:timers/promises';

import type { MysqlConfig } from '../config.ts';
import type { Role } from '../errors.ts';
import { MysqlConnection } from './connection.ts';

/** What the servers call waiting for the other end of the connection, in either direction. */
const WAITS_FOR_US = /(?:writing to|reading from) net|sending to client|receiving from client/i;
const SAMPLES = 5;
const SAMPLE_PAUSE_MS = 100;

/**
 * True while the session with that id computes, as opposed to: its answer, or our file, was sent and got lost on the way.
 * A server that takes in a file waits for us for moments between the rows, so one look would not do.
 */
export async function isThreadWorking(config: MysqlConfig, role: Role, threadId: number): Promise<boolean> {
  const limit = AbortSignal.timeout(config.connectTimeoutSeconds * 1000);
  await using other = await MysqlConnection.open(config, role, limit);
  for (let sample = 0; sample < SAMPLES; sample++) {
    if (sample > 0) await setTimeout(SAMPLE_PAUSE_MS, undefined, { signal: limit });
    const rows = await other.during(limit, () =>
      other.query(`SELECT COMMAND, STATE FROM information_schema.PROCESSLIST WHERE ID = ${threadId}`),
    );
    const [command, state] = rows[0] ?? [];
    if (command !== 'Query') return false;
    if (!WAITS_FOR_US.test(state ?? '')) return true;
  }
  return false;
}

/** Ends the session with that id; an account may always end its own. */
export async function killThread(config: MysqlConfig, role: Role, threadId: number): Promise<void> {
  const limit = AbortSignal.timeout(config.connectTimeoutSeconds * 1000);
  await using other = await MysqlConnection.open(config, role, limit);
  await other.during(limit, () => other.execute(`KILL ${threadId}`));
}
