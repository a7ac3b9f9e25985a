import {
  type Batch,
  BatchBuilder,
  type ReadRequest,
  type ReadResult,
  type SourcePosition,
} from '@millrace/connector-sdk';

import type { MysqlSession } from '../session.ts';
import { compileRowDecoder } from './row-decoder.ts';
import { RowLoop } from './row-loop.ts';
import { highMarkStatement, selectStatement } from './statement.ts';

/** A snapshot without table locks; both servers take the two words in this order. */
const BEGIN = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY';

/**
 * Reads a table in one snapshot. All statements go out in one write, so a small table costs one round trip.
 * The position is asked for first where it is not part of the snapshot: replaying from it repeats, never skips.
 */
export async function* readTable(
  session: MysqlSession,
  request: ReadRequest,
): AsyncGenerator<Batch, ReadResult, undefined> {
  const { connection } = session;
  const { table, fields, cursor } = request;
  const statement = selectStatement(request);
  const highMark = cursor === null ? [] : [highMarkStatement(table, cursor.column)];
  const bytesBefore = connection.bytesReceived;
  const { isMariadb } = connection.greeting;
  const position = session.positionStatement;
  connection.send(...(isMariadb ? [BEGIN, position] : [position, BEGIN]), ...highMark, statement, 'COMMIT');

  if (isMariadb) await connection.completion();
  const snapshot = session.readPosition(await connection.rows());
  if (!isMariadb) await connection.completion();
  const highest = cursor === null ? null : ((await connection.rows())[0]?.[0] ?? null);

  const builder = new BatchBuilder(fields);
  const columns = await connection.beginRows();
  if (columns !== fields.length)
    throw connection.violation(`${columns} columns where ${fields.length} were asked for`);
  const loop = new RowLoop(connection, builder, compileRowDecoder(builder));
  for (;;) {
    const state = await loop.fill();
    if (state === 'ended') break;
    yield builder.take();
  }
  await connection.completion();
  if (!builder.isEmpty) yield builder.take();
  const saved: SourcePosition = { ...snapshot, identity: session.identity.identity };
  return {
    rowsSent: loop.rowsSent,
    bytesReceived: connection.bytesReceived - bytesBefore,
    highMark: highest,
    position: saved,
    statement,
  };
}
