import { parseDuration, type PipelineDocument } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { loadPipelineFiles } from '../project/project.ts';
import type { Store } from '../store/open-store.ts';
import type { DatasetNoteRow, DatasetRow } from './catalogue-schema.ts';
import type { ListedDataset } from './dataset-schema.ts';
import { judgeFreshness } from './freshness.ts';
import { readDatasets } from './read-datasets.ts';

/** Runs of a pipeline that tell its rhythm. */
const RHYTHM_RUNS = 12;

/** Every dataset of the project, as it is at a time. */
export async function listCatalogue(
  context: OperationContext,
  at: number,
): Promise<readonly ListedDataset[]> {
  const store = await context.store();
  const [datasets, documents, rhythms] = await Promise.all([
    readDatasets(store),
    documentsByName(context),
    readRhythms(store),
  ]);
  return datasets.map(({ row, note }) =>
    toListed(row, note, documents.get(row.pipeline), rhythms.get(row.pipeline) ?? [], at),
  );
}

function toListed(
  row: DatasetRow,
  note: DatasetNoteRow | undefined,
  document: PipelineDocument | undefined,
  runTimes: readonly number[],
  at: number,
): ListedDataset {
  const within = document?.freshness?.within;
  const allowedUs = within === undefined ? undefined : parseDuration(within);
  const allowedMs = allowedUs === undefined ? null : Number(allowedUs / 1000n);
  return {
    connection: row.connection,
    name: row.name,
    pipeline: row.pipeline,
    description: note?.description ?? document?.description ?? null,
    owner: note?.owner ?? document?.owner ?? null,
    tags: note?.tags == null ? [...(document?.tags ?? [])] : JSON.parse(note.tags),
    rows: row.row_count,
    sizeBytes: row.size_bytes,
    version: row.version,
    publishedAt: toIso(row.published_at),
    checkedAt: toIso(row.checked_at),
    freshness: judgeFreshness(row, { allowedMs, runTimes }, at),
  };
}

export function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** What the pipelines' documents say of themselves; wrong documents say nothing. */
async function documentsByName(context: OperationContext): Promise<ReadonlyMap<string, PipelineDocument>> {
  const files = await loadPipelineFiles(context.projectFolder, context.workingFolder);
  return new Map(
    files.flatMap(({ parsed }) =>
      parsed.document === undefined ? [] : [[parsed.document.name, parsed.document] as const],
    ),
  );
}

/** When the last runs of each pipeline measured their tables. */
async function readRhythms(store: Store): Promise<ReadonlyMap<string, readonly number[]>> {
  const pipelines = await store.db.selectFrom('datasets').select('pipeline').distinct().execute();
  const times = await Promise.all(
    pipelines.map(async ({ pipeline }) => {
      const runs = await store.db
        .selectFrom('runs')
        .select('started_at')
        .where('pipeline', '=', pipeline)
        .where('state', '=', 'succeeded')
        .orderBy('started_at', 'desc')
        .limit(RHYTHM_RUNS)
        .execute();
      return [pipeline, runs.map(({ started_at: at }) => at)] as const;
    }),
  );
  return new Map(times);
}
