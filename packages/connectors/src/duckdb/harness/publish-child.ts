import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { duckdbConfig } from '../config.ts';
import { openDuckdbDestination } from '../destination.ts';
import { INT64, STRING, field } from './test-fields.ts';

/** One publication in a process of its own, which kills itself at a checkpoint: argv is a `ChildPublication` as JSON. */
export interface ChildPublication {
  readonly warehouse: string;
  readonly runId: string;
  readonly mode: 'replace' | 'append' | 'merge' | 'scd2';
  readonly file: { readonly path: string; readonly rows: number };
  readonly killAt: string | null;
}

const publication: ChildPublication = JSON.parse(process.argv[2] ?? '');
const signal = new AbortController().signal;
const destination = await openDuckdbDestination(duckdbConfig.parse({ path: publication.warehouse }), signal);
const request = publishRequest({
  table: { schema: 'shop', name: 'orders' },
  mode: publication.mode,
  fields: [field('id', INT64, false), field('note', STRING)],
  key: publication.mode === 'merge' || publication.mode === 'scd2' ? ['id'] : [],
  runId: publication.runId,
  loadedAt: '2026-02-01T00:00:00Z',
  checkpoint: (point) => {
    if (point === publication.killAt) process.kill(process.pid, 'SIGKILL');
  },
});
await destination.publish(request, filesOf({ ...publication.file, sizeBytes: 0, sha256: '' }), signal);
await destination[Symbol.asyncDispose]();
