import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pipeline of the demo: the whole shop, kept up to date. */
const PIPELINE = `# yaml-language-server: $schema=../.millrace/schemas/pipeline.json
version: 1
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

/** An empty demo folder; what an earlier demo left goes. */
export function clearDemoFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

export function writeDemoPipeline(folder: string): void {
  writeFileSync(join(folder, 'pipelines', 'shop.yaml'), PIPELINE);
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
  return createHash('sha256').update(PIPELINE).digest('hex');
}
