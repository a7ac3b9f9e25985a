import { writeFileSync } from 'node:fs';

import { profileDataset } from '../packages/engine/src/profile/profile-dataset.ts';
import { openStagingDatabase, StagingDatabase } from '../packages/engine/src/stage/staging-database.ts';
import { ORDERS_FIELDS } from './checked-orders.ts';

/** The profile as a run takes it. Arguments: Parquet file, file for the profile, scratch folder. */
const [input = '', output = '', scratchFolder = ''] = process.argv.slice(2);
const database = await openStagingDatabase({ memoryBytes: 2 ** 30, threads: 2, scratchFolder });
const profile = await database.withConnection(async (connection) =>
  profileDataset(
    connection,
    { relation: StagingDatabase.parquetOf([input]), fields: ORDERS_FIELDS },
    new AbortController().signal,
  ),
);
database.close();
writeFileSync(output, JSON.stringify(profile));
