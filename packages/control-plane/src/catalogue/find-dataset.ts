import { PipelineError } from '@millrace/connector-sdk';
import { nearestNames } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import type { DatasetRow } from './catalogue-schema.ts';

export interface DatasetRef {
  readonly connection: string;
  readonly name: string;
}

/** A dataset of the catalogue. Throws `configInvalid` when there is none. */
export async function findDataset(
  context: OperationContext,
  { connection, name }: DatasetRef,
): Promise<DatasetRow> {
  const { db } = await context.store();
  const row = await db
    .selectFrom('datasets')
    .selectAll()
    .where('connection', '=', connection)
    .where('name', '=', name)
    .executeTakeFirst();
  if (row !== undefined) return row;
  const known = await db.selectFrom('datasets').select('name').where('connection', '=', connection).execute();
  const near = nearestNames(
    name,
    known.map((dataset) => dataset.name),
  );
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `No run published a dataset ${name} into ${connection}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`,
  });
}
