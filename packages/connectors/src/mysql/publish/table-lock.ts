import { PipelineError, type PublishRequest } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import { MysqlServerError } from '../errors.ts';
import type { MysqlConnection } from '../protocol/connection.ts';
import { literal, type TargetName } from './names.ts';
import { raiseFence, readFence } from './publication-store.ts';

const WAIT_SECONDS = 5;

/** Throws `fenced` when the table has seen a higher token. */
export async function checkFence(
  connection: MysqlConnection,
  target: TargetName,
  request: PublishRequest,
  isLocked: boolean,
): Promise<void> {
  const seen = await readFence(connection, target, isLocked);
  if (seen <= BigInt(request.fenceToken)) return;
  throw new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: `${formatTableName(request.table)} was taken over with fence token ${seen}, and this attempt has ${request.fenceToken}: another worker goes on with the run. This attempt stops.`,
  });
}

/**
 * Takes the table's user lock for this session and raises its fence. The lock lives and dies with the session, and the
 * session is the only way by which this attempt can change the table, so whoever holds it is alone. A holder with a
 * lower token is a dead or paused attempt: its session is killed.
 */
export async function lockTable(
  connection: MysqlConnection,
  target: TargetName,
  lock: string,
  request: PublishRequest,
): Promise<void> {
  await checkFence(connection, target, request, false);
  if (!(await getLock(connection, lock))) {
    const isOutranking = (await readFence(connection, target, false)) < BigInt(request.fenceToken);
    if (isOutranking) await killHolder(connection, lock);
    if (!isOutranking || !(await getLock(connection, lock))) {
      throw new PipelineError({
        code: 'runActive',
        blame: 'platform',
        retry: 'backoff',
        message: `Another session publishes ${formatTableName(request.table)} at this moment. It is tried again.`,
      });
    }
  }
  await checkFence(connection, target, request, false);
  await raiseFence(connection, target, request.fenceToken);
}

async function getLock(connection: MysqlConnection, lock: string): Promise<boolean> {
  return (await connection.query(`SELECT GET_LOCK(${literal(lock)}, ${WAIT_SECONDS})`))[0]?.[0] === '1';
}

async function killHolder(connection: MysqlConnection, lock: string): Promise<void> {
  const holder = (await connection.query(`SELECT IS_USED_LOCK(${literal(lock)})`))[0]?.[0];
  if (holder === null || holder === undefined) return;
  try {
    await connection.execute(`KILL ${BigInt(holder)}`);
  } catch (error) {
    // It ended by itself, or belongs to another user, and then the lock stays taken and says so.
    if (!(error instanceof MysqlServerError)) throw error;
  }
}

export async function unlockTable(connection: MysqlConnection, lock: string): Promise<void> {
  await connection.query(`SELECT RELEASE_LOCK(${literal(lock)})`);
}
