// node bench/preview-drafts.ts URL FILE STEP COUNT: asks the server for the rows of a step of a text, as the portal does
// after each edit; each text has another number in it. Prints the middle and the 95th percentile of the seconds.
import { readFileSync } from 'node:fs';

import type { StepPreview } from '@millrace/engine';

const [url = '', file = '', step = '', count = '0'] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
/** Round by round others, and never one that was asked for before. */
const first = Math.floor(Date.now() / 1000) % 1_000_000;

interface Answer {
  readonly preview: StepPreview | null;
  readonly reason: string | null;
}

async function preview(number: number): Promise<number> {
  const body = JSON.stringify({ pipeline: 'load', step, text: text.replace('id > 0', `id > -${number}`) });
  const startedAt = performance.now();
  const response = await fetch(`${url}/api/pipelines/preview-draft`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${await response.text()}`);
  const { preview: shown, reason } = (await response.json()) as Answer;
  const seconds = (performance.now() - startedAt) / 1000;
  if (shown === null) throw new Error(reason ?? 'There are no rows.');
  if (number > first && !shown.isWarm) throw new Error('The sample was read again.');
  if (!shown.outputs.every(({ rows }) => rows.length > 0)) throw new Error('The join found no partners.');
  return seconds;
}

await preview(first);
const taken: number[] = [];
for (let edit = 1; edit <= Number(count); edit += 1) taken.push(await preview(first + edit));
taken.sort((left, right) => left - right);
const at = (share: number): number => taken[Math.ceil(taken.length * share) - 1] ?? Number.NaN;
console.log(JSON.stringify({ middle: at(0.5), p95: at(0.95) }));
