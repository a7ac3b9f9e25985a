import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A project with a folder of CSV files, a warehouse, and pipelines as a test wants them. */
export function writeSmallProject(folder: string, pipelines: Readonly<Record<string, string>> = {}): void {
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  mkdirSync(join(folder, 'drop', 'orders'), { recursive: true });
  writeFileSync(
    join(folder, 'millrace.yaml'),
    `version: 1
name: harbour

connections:
  # Where the exports of the till are put every night.
  drop: { type: files, root: ${join(folder, 'drop')} }
  warehouse: { type: duckdb, path: ${join(folder, 'warehouse.duckdb')} }

defaults:
  warehouse: warehouse
`,
  );
  const rows = Array.from({ length: 500 }, (_, index) => `${index + 1},${(index * 7) % 90},paid`);
  writeFileSync(join(folder, 'drop', 'orders', 'orders-1.csv'), `id,total,status\n${rows.join('\n')}\n`);
  for (const [name, text] of Object.entries(pipelines))
    writeFileSync(join(folder, 'pipelines', `${name}.yaml`), text);
}

/** Copies the orders into the warehouse. */
export function replicateOrders(name: string, extra = ''): string {
  return `version: 1
name: ${name}
description: Orders of the till, as they are.
${extra}
steps:
  till:
    replicate: { from: drop, into: { connection: warehouse, schema: raw } }
`;
}
