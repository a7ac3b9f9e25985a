import type {
  BatchEncoder,
  BucketDigest,
  Destination,
  DigestRequest,
  PublishedTable,
  PublishRequest,
  PublishResult,
  RowDigest,
  ServerIdentity,
  StagedPart,
} from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, type Field, type TableName } from '@millrace/spec';

import { COLUMNS, SIZES } from './catalog/catalog-queries.ts';
import type { PostgresConfig } from './config.ts';
import { binaryEncoder } from './copy-in/binary-encoder.ts';
import { digestBuckets, digestRowsIn } from './digest/digest.ts';
import {
  createBookkeeping,
  hasBookkeeping,
  publicationKey,
  readPublications,
} from './publish/bookkeeping.ts';
import { publishTable } from './publish/publish-table.ts';
import { findTarget, sqlName, throwIfNameTooLong } from './publish/target-table.ts';
import { Session, type TextRow } from './session/session.ts';
import { destinationType, sourceType } from './types.ts';

/** Publishes tables of one database. Each publish has a connection of its own; idle ones are kept for the next. */
export class PostgresDestination implements Destination {
  readonly #config: PostgresConfig;
  readonly #idle: Session[] = [];
  #isClosed = false;

  constructor(config: PostgresConfig) {
    this.#config = config;
  }

  async check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#withSession(signal, async ({ facts }) => ({
      product: 'PostgreSQL',
      version: facts.version,
      identity: facts.identity,
    }));
  }

  async describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]> {
    return this.#withSession(signal, async (session) =>
      describeTables(session, tables.map(withSchema), signal),
    );
  }

  async publish(
    request: PublishRequest,
    files: AsyncIterable<StagedPart>,
    signal: AbortSignal,
  ): Promise<PublishResult> {
    const table = withSchema(request.table);
    throwIfNameTooLong(table, request.fields);
    return this.#withSession(signal, async (session) => {
      await createBookkeeping(session, signal);
      await createSchema(session, table.schema, signal);
      return publishTable(session, { ...request, table }, files, signal);
    });
  }

  encoder(fields: readonly Field[]): BatchEncoder {
    return binaryEncoder(fields);
  }

  async digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return this.#withSession(signal, async (session) =>
      digestBuckets(session, await digestible(session, request, signal), signal),
    );
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    const session = await this.#take(signal);
    try {
      yield* digestRowsIn(session, await digestible(session, request, signal), inBuckets, signal);
    } finally {
      await this.#giveBack(session);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#idle.splice(0).map((session) => session[Symbol.asyncDispose]()));
  }

  async #withSession<T>(signal: AbortSignal, use: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take(signal);
    try {
      return await use(session);
    } finally {
      await this.#giveBack(session);
    }
  }

  async #take(signal: AbortSignal): Promise<Session> {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (session.isUsable) return session;
      session.destroy();
    }
    return Session.open(this.#config, 'destination', signal);
  }

  async #giveBack(session: Session): Promise<void> {
    if (this.#isClosed || !session.isUsable) await session[Symbol.asyncDispose]();
    else this.#idle.push(session);
  }
}

function withSchema(table: TableName): { readonly schema: string; readonly name: string } {
  return { schema: table.schema ?? 'public', name: table.name };
}

/** A schema that another publisher makes at the same moment is as good. */
async function createSchema(session: Session, schema: string, signal: AbortSignal): Promise<void> {
  const subject = `Making the schema ${schema}`;
  const rows = await session.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', subject, signal, [
    schema,
  ]);
  if (rows.length > 0) return;
  await session.run(
    `BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('millrace schema', 0)); CREATE SCHEMA IF NOT EXISTS ${sqlName(schema)}; COMMIT`,
    subject,
    signal,
  );
}

/** A table that never had a row marked as deleted has no column for the mark: then every row is one that is there. */
async function digestible(
  session: Session,
  request: DigestRequest,
  signal: AbortSignal,
): Promise<DigestRequest> {
  const table = withSchema(request.table);
  const { where, ...rest } = request;
  if (where?.kind !== 'isNull' || where.column !== DELETED_AT_FIELD.name) return { ...request, table };
  const target = await findTarget(session, table, signal);
  const hasMark = target?.columns.some((column) => column.name === where.column) ?? true;
  return hasMark ? { ...request, table } : { ...rest, table };
}

async function describeTables(
  session: Session,
  tables: readonly { readonly schema: string; readonly name: string }[],
  signal: AbortSignal,
): Promise<readonly (PublishedTable | undefined)[]> {
  const subject = 'Describing the published tables';
  const saved = (await hasBookkeeping(session, signal))
    ? await readPublications(session, signal)
    : new Map<string, never>();
  const names = [JSON.stringify(tables.map(({ schema, name }) => [schema, name]))];
  const found = await session.query(
    `SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN json_array_elements($1::json) w ON w->>0 = n.nspname AND w->>1 = c.relname WHERE c.relkind IN ('r', 'p')`,
    subject,
    signal,
    names,
  );
  const oids = [`{${found.map(([oid]) => oid).join(',')}}`];
  const columns = await session.query(COLUMNS, subject, signal, oids);
  const sizes = new Map(
    (await session.query(SIZES, subject, signal, oids)).map(([oid, rows]) => [oid, rows]),
  );
  const oidOf = new Map(
    found.map(([oid, schema, name]) => [publicationKey({ schema: schema ?? '', name: name ?? '' }), oid]),
  );
  return tables.map((table) => {
    const oid = oidOf.get(publicationKey(table));
    if (oid === undefined || oid === null) return undefined;
    const publication = saved.get(publicationKey(table));
    const published = publication?.fields ?? [];
    const rows = sizes.get(oid);
    return {
      table,
      fields: columns.filter((row) => row[0] === oid).map((row) => toField(row, published)),
      record: publication?.record ?? null,
      estimatedRows: rows === null || rows === undefined ? null : Number(rows),
    };
  });
}

/** The type a column was published as, while it still has the native type of that; else what it would be read as. */
function toField(row: TextRow, published: readonly Field[]): Field {
  const [, name, native, isRequired, typeName, isBuiltIn, modifier] = row;
  const known = published.find((field) => field.name === name);
  const isAsPublished = known !== undefined && destinationType(known.type).native === native;
  const { type } = isAsPublished
    ? known
    : sourceType({ name: typeName ?? '', isBuiltIn: isBuiltIn === 't', modifier: Number(modifier) });
  return { name: name ?? '', type, nullable: isRequired !== 't' };
}
