import { LANDING, type ColumnProfile, type DatasetProfile } from '@millrace/compiler';
import { throwIfCancelled, toPlainPipelineError } from '@millrace/connector-sdk';

import type { TableLoad } from '../load/table-load.ts';
import type { LoadPackage } from '../package/package-store.ts';
import type { RunEventBody } from '../run/run-event.ts';
import { resolveFiles } from '../stage/manifest.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import { profileDataset } from './profile-dataset.ts';
import { quickProfile } from './quick-profile.ts';

/**
 * What is to be told of the rows of a load once they are published: what all rows of the table look like after a full load, those that
 * changed after others, or a warning that says why that is not known. Of a table's first load there is nothing to tell but what was asked
 * for: a thousand of them would cost seconds.
 */
export async function profileLoad(
  { task, session, decision, published, profile: depth }: TableLoad,
  { folder, manifest }: LoadPackage,
  signal: AbortSignal,
): Promise<RunEventBody | undefined> {
  if (depth === 'off' || manifest.files.length === 0) return undefined;
  if (depth === 'quick' && published === undefined) return undefined;
  try {
    const files = resolveFiles(folder, manifest.files);
    const fields = manifest.fields.filter(
      ({ name }) => task.columns.find(({ field }) => field.name === name)?.origin.kind === 'source',
    );
    const database = await session.database();
    const relation = StagingDatabase.parquetOf(files.map(({ path }) => path));
    const profile =
      depth === 'full'
        ? await database.withConnection((connection) =>
            profileDataset(connection, { relation, fields }, signal),
          )
        : await quickProfile(database, files, fields);
    const isKept = task.destination.connection === LANDING;
    return {
      type: 'tableProfiled',
      task: task.id,
      scope: decision.kind === 'full' ? 'table' : 'changes',
      profile: isKept ? withoutValues(profile) : profile,
    };
  } catch (error) {
    throwIfCancelled(signal);
    const reason = toPlainPipelineError(error).message;
    return {
      type: 'warning',
      task: task.id,
      message: `${task.id}: its values could not be described: ${reason} Nothing else is affected; profile: off leaves it out.`,
    };
  }
}

/** What is kept here may be masked only later: no value of it goes into the history. Moments of a cursor do. */
function withoutValues(profile: DatasetProfile): DatasetProfile {
  const columns = profile.columns.map((column): ColumnProfile => {
    const isMoment = column.type.startsWith('timestamp');
    return {
      ...column,
      min: null,
      max: isMoment ? column.max : null,
      quantiles: [],
      top: [],
    };
  });
  return { ...profile, columns };
}
