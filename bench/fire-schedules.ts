// fire-schedules.ts FOLDER COUNT: writes so many pipelines whose schedules are due in the same second, and lets two
// schedulers of one store fire them, as two servers would. Prints the 99th percentile of how late they were, in seconds;
// fails when one was missed or fired twice.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openStore, startScheduler } from '@millrace/control-plane';

/** Before they are due, the files have been read. */
const READY_MS = 15_000;

const [folder = '', text = '1000'] = process.argv.slice(2);
const count = Number(text);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'pipelines'), { recursive: true });
for (let index = 0; index < count; index++) {
  const cron = `${index % 2 === 0 ? '*' : '0-59'} * * * *`;
  const timezone = index % 3 === 0 ? 'Europe/Berlin' : 'UTC';
  writeFileSync(
    join(folder, 'pipelines', `pipeline-${index}.yaml`),
    `version: 1\nname: pipeline-${index}\nschedule: { cron: "${cron}", timezone: ${timezone} }\nsteps:\n  all: { replicate: { from: shop, into: { connection: warehouse, schema: raw } } }\n`,
  );
}
await using store = await openStore(join(folder, 'state.db'));
const due = Math.ceil((Date.now() + READY_MS) / 60_000) * 60_000;
// Those of the minute before are none of the measurement.
await sleepUntil(due - 60_000 + 100);
const host = { store: async () => store, projectFolder: folder };
const options = { judge: async () => true, onError: console.error };
await using _first = await startScheduler(host, options);
await using _second = await startScheduler(host, options);
await sleepUntil(due + 3_000);
const runs = await store.db.selectFrom('runs').select(['pipeline', 'queued_at', 'slot_at']).execute();
const ofSlot = runs.filter(({ slot_at: slot }) => slot === due);
const pipelines = new Set(ofSlot.map(({ pipeline }) => pipeline));
if (pipelines.size !== count) throw new Error(`${count - pipelines.size} schedules were missed.`);
if (ofSlot.length !== count) throw new Error(`${ofSlot.length - count} runs too many.`);
const late = ofSlot.map(({ queued_at: at }) => at - due).toSorted((one, other) => one - other);
console.log((late[Math.ceil(late.length * 0.99) - 1] ?? 0) / 1000);

async function sleepUntil(time: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now())));
}
