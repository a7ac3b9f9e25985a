import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SCHEMA_LINE = '# yaml-language-server: $schema=../.millrace/schemas/pipeline.json';

/** The whole shop, kept up to date. */
const SHOP = `version: 1
name: shop
description: Every table of the shop, kept up to date in the warehouse.

steps:
  shop:
    replicate:
      from: shop
      # The first run reads everything; later ones read what changed, and look for rows that are gone.
      load: { mode: incremental, cursor: updated_at, deletes: detect }
      into: { connection: warehouse, schema: raw }
      deletes: hard
`;

/** Orders with their customers, by day and city: what the front page shows. */
export const DAILY = `version: 1
name: daily
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: updated_at, key: [id] } }
    checks:
      - range: { column: total, min: 0, onFailure: quarantine }
  customers:
    source: { connection: shop, table: customers }
  paid:
    filter: { from: orders, where: "status <> 'cancelled'" }
  enriched:
    join: { left: paid, right: customers, type: left, on: { customer_id: id }, prefixRight: customer_ }
  daily:
    aggregate: { from: enriched, by: { day: "date_trunc('day', ordered_at)", customer_city: customer_city }, measures: { orders: count(*), revenue: sum(total) } }
  publishDaily:
    destination: { from: daily, connection: warehouse, table: mart.daily, write: replace }
`;

/** An empty demo folder; what an earlier demo left goes. */
export function clearDemoFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

export function writeDemoPipelines(folder: string): void {
  for (const [name, text] of Object.entries({ shop: SHOP, daily: DAILY }))
    writeFileSync(join(folder, 'pipelines', `${name}.yaml`), `${SCHEMA_LINE}\n${text}`);
}

/** Written last: a demo that was interrupted is made anew, and so is one of another version. */
export function markPrepared(folder: string): void {
  writeFileSync(markPath(folder), demoVersion());
}

export function isPrepared(folder: string): boolean {
  try {
    return readFileSync(markPath(folder), 'utf8') === demoVersion();
  } catch {
    return false;
  }
}

function markPath(folder: string): string {
  return join(folder, '.millrace', 'demo');
}

function demoVersion(): string {
  return createHash('sha256')
    .update(SHOP + DAILY)
    .digest('hex');
}
