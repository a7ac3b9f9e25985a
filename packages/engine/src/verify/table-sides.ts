import type { LoadTask } from '@millrace/compiler';
import type { DigestField, DigestFilter, Digestible, PublishedTable } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, type TableName } from '@millrace/spec';

import type { DigestSide } from './compare-digests.ts';

/** The columns of a task that exist on both sides, in one order: under the source's names and under the destination's. */
interface SharedColumn {
  readonly source: DigestField;
  readonly destination: DigestField;
}

function sharedColumns(task: LoadTask): readonly SharedColumn[] {
  return task.columns.flatMap(({ field, origin }) => {
    if (origin.kind !== 'source') return [];
    const read = task.source.fields.find((candidate) => candidate.name === origin.column);
    if (read === undefined) return [];
    // Both sides write the value in the type that the destination was promised.
    return [{ source: { ...read, type: field.type }, destination: field }];
  });
}

/** `key`: only the key columns, to compare which rows there are. `all`: every column that came from the source. */
export type ComparedColumns = 'key' | 'all' | { readonly only: string };

function compared(task: LoadTask, which: ComparedColumns): readonly SharedColumn[] {
  const key = new Set(task.destination.key);
  return sharedColumns(task).filter(
    ({ destination }) =>
      which === 'all' || key.has(destination.name) || (which !== 'key' && which.only === destination.name),
  );
}

export function sourceSide(
  task: LoadTask,
  digestible: Digestible,
  which: ComparedColumns,
  where?: DigestFilter,
): DigestSide {
  const columns = compared(task, which);
  const key = columns
    .filter(({ destination }) => task.destination.key.includes(destination.name))
    .map(({ source }) => source.name);
  return {
    digestible,
    request: {
      table: task.source.table.table,
      fields: columns.map(({ source }) => source),
      key,
      ...(where && { where }),
    },
  };
}

/** The rows of the destination that stand for rows of the source: not the deleted ones, not the old versions. */
export function destinationSide(
  task: LoadTask,
  published: PublishedTable,
  digestible: Digestible,
  which: ComparedColumns,
): DigestSide {
  const side = publishedSide(task, task.destination.table, digestible, which);
  const { mode, deletes } = task.destination;
  const has = (name: string) => published.fields.some((field) => field.name === name);
  if (mode === 'scd2' && has('is_current')) {
    return { ...side, request: { ...side.request, where: { kind: 'isTrue', column: 'is_current' } } };
  }
  if (mode === 'merge' && deletes === 'soft' && has(DELETED_AT_FIELD.name)) {
    return {
      ...side,
      request: { ...side.request, where: { kind: 'isNull', column: DELETED_AT_FIELD.name } },
    };
  }
  return side;
}

/** A table with the destination's column names, wherever it lies. */
export function publishedSide(
  task: LoadTask,
  table: TableName,
  digestible: Digestible,
  which: ComparedColumns,
): DigestSide {
  const columns = compared(task, which);
  const key = columns
    .map(({ destination }) => destination.name)
    .filter((name) => task.destination.key.includes(name));
  return { digestible, request: { table, fields: columns.map(({ destination }) => destination), key } };
}
