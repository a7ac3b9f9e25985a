import type {
  Destination,
  PublishedTable,
  PublishRequest,
  PublishResult,
  StagedFile,
} from '@millrace/connector-sdk';
import { canonicalFromText, type TextRow } from '@millrace/connector-sdk/conformance';
import type { TestStage } from '@millrace/connector-sdk/testing';
import type { Field, LogicalType, TableName } from '@millrace/spec';

import { targetIn } from './run-pipeline.ts';
import { never, type RunningSystem } from './systems.ts';

export type PublishParts = Partial<PublishRequest> & Pick<PublishRequest, 'table' | 'mode' | 'fields'>;

/** A destination under test, with what fills and inspects it. */
export interface DestinationSubject {
  readonly system: RunningSystem;
  open(config?: Readonly<Record<string, unknown>>): Promise<Destination>;
  /** A new table of the test's own. */
  table(name: string): TableName;
  /** Stages rows of canonical text; cells are cast to the fields' types. */
  stage(fields: readonly Field[], rows: readonly TextRow[]): Promise<StagedFile>;
  /** Publishes the rows as another run; each call with its own destination. */
  publish(
    parts: PublishParts,
    rows: readonly TextRow[],
    deleted?: readonly TextRow[],
  ): Promise<PublishResult>;
  request(parts: PublishParts): PublishRequest;
  rows(table: TableName, fields: readonly Field[]): Promise<readonly TextRow[]>;
  describe(table: TableName): Promise<PublishedTable | undefined>;
}

let runs = 0;

export function createDestinationSubject(system: RunningSystem, stage: TestStage): DestinationSubject {
  const { openDestination, config } = system.definition;
  const { destination: harness } = system.instance;
  if (openDestination === undefined || harness === undefined)
    throw new Error(`${system.title} has no destination`);
  const open: DestinationSubject['open'] = async (settings = system.instance.config) =>
    openDestination(config.parse(settings), never);
  const request: DestinationSubject['request'] = (parts) => {
    runs += 1;
    const runId = parts.runId ?? `run-${process.pid}-${runs}`;
    return {
      runId,
      fenceToken: runs,
      deletes: 'ignore',
      key: [],
      changes: [],
      position: () => ({ after: runId }),
      schemaFingerprint: 'fingerprint',
      loadedAt: new Date(Date.UTC(2026, 0, 1) + runs * 1000).toISOString(),
      deletedKeys: () => [],
      reader: stage.reader,
      ...parts,
    };
  };
  const stageRows: DestinationSubject['stage'] = (fields, rows) => stage.file(stagedSql(fields, rows));
  return {
    system,
    open,
    request,
    table: (name) => targetIn(system, name),
    stage: stageRows,
    async publish(parts, rows, deleted) {
      const { key = [], fields } = parts;
      const keyFields = key.flatMap((name) => fields.filter((field) => field.name === name));
      const gone = deleted === undefined ? [] : [await stageRows(keyFields, deleted)];
      const files = [await stageRows(fields, rows)];
      await using destination = await open();
      return await destination.publish(request({ deletedKeys: () => gone, ...parts }), filesOf(files), never);
    },
    async rows(table, fields) {
      return sortRows(await harness.readRows(table, fields));
    },
    async describe(table) {
      await using destination = await open();
      const [described] = await destination.describe([table], never);
      return described;
    },
  };
}

export async function* filesOf(files: readonly StagedFile[]): AsyncGenerator<StagedFile> {
  yield* files;
}

/** In an order that does not depend on the system. */
export function sortRows(rows: readonly TextRow[]): readonly TextRow[] {
  return rows.toSorted((left, right) => {
    const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

/** What readers must find of staged rows. */
export function canonicalRowsOf(fields: readonly Field[], rows: readonly TextRow[]): readonly TextRow[] {
  return sortRows(
    rows.map((row) =>
      fields.map(({ type }, index) => {
        const cell = row[index] ?? null;
        return cell === null ? null : canonicalFromText(type, cell);
      }),
    ),
  );
}

function stagedSql(fields: readonly Field[], rows: readonly TextRow[]): string {
  const columns = fields.map(
    ({ name, type }, index) => `${castOf(`c${index}`, type)} AS "${name.replaceAll('"', '""')}"`,
  );
  const names = fields.map((_, index) => `c${index}`).join(', ');
  if (rows.length === 0) {
    const nulls = fields.map(({ type }, index) => castOf(`CAST(NULL AS VARCHAR)`, type) + ` AS c${index}`);
    const renamed = fields.map(({ name }, index) => `c${index} AS "${name.replaceAll('"', '""')}"`);
    return `SELECT ${renamed.join(', ')} FROM (SELECT ${nulls.join(', ')}) WHERE false`;
  }
  const values = rows.map((row) => `(${fields.map((_, index) => literal(row[index] ?? null)).join(', ')})`);
  return `SELECT ${columns.join(', ')} FROM (VALUES ${values.join(', ')}) AS t (${names})`;
}

function castOf(column: string, type: LogicalType): string {
  switch (type.kind) {
    case 'bytes':
      return `unhex(${column})`;
    case 'integer':
      return `CAST(${column} AS ${type.signed ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits]})`;
    case 'float':
      return `CAST(${column} AS ${type.bits === 32 ? 'FLOAT' : 'DOUBLE'})`;
    case 'decimal':
      return `CAST(${column} AS DECIMAL(${type.precision}, ${type.scale}))`;
    case 'timestamp':
      return type.timezone
        ? `CAST(${column} || CASE WHEN ${column} LIKE '%infinity' THEN '' ELSE '+00' END AS TIMESTAMPTZ)`
        : `CAST(${column} AS TIMESTAMP)`;
    case 'string':
    case 'json':
      return `CAST(${column} AS VARCHAR)`;
    default:
      return `CAST(${column} AS ${type.kind})`;
  }
}

function literal(text: string | null): string {
  if (text === null) return 'CAST(NULL AS VARCHAR)';
  return `'${text.replaceAll("'", "''")}'`.replaceAll('\0', `' || chr(0) || '`);
}
