import { PipelineError, type ReadRequest } from '@millrace/connector-sdk';

import { describeDialect } from './csv/dialect.ts';
import { tableDetail, type TableDetail } from './discover.ts';
import type { FileGroup } from './folder/group-files.ts';
import type { ListedFile } from './folder/list-files.ts';
import { newFiles, readPosition, type LoadedFiles } from './position.ts';

const MOST_NAMED = 5;

/** The files that a request is answered from. */
export interface FilesToRead {
  readonly group: FileGroup;
  readonly detail: TableDetail;
  readonly loaded: LoadedFiles;
  /** Those of the group that no earlier load covered. */
  readonly files: readonly ListedFile[];
}

export async function findFiles(request: ReadRequest, groups: readonly FileGroup[]): Promise<FilesToRead> {
  const { name } = request.table.table;
  const detail = tableDetail.parse(request.table.detail);
  const group = groups.find((candidate) => candidate.name === name);
  if (group === undefined || group.files.length === 0) throw missing(name);
  const loaded = readPosition(request.position);
  return { group, detail, loaded, files: await newFiles(group.files, loaded, name) };
}

/** `2 of 12 files of orders/* (csv) (delimiter ",", …): orders/11.csv, orders/12.csv`. */
export function describeFiles({ group, detail, files }: FilesToRead): string {
  const dialect = detail.dialect === null ? '' : ` (${describeDialect(detail.dialect)})`;
  const named = files.slice(0, MOST_NAMED).map((file) => file.path);
  if (files.length > named.length) named.push(`${files.length - named.length} more`);
  const all = group.files.length;
  return `${files.length} of ${all} file${all === 1 ? '' : 's'} of ${group.pattern}${dialect}${named.length === 0 ? '' : `: ${named.join(', ')}`}`;
}

function missing(name: string): PipelineError {
  return new PipelineError({
    code: 'tableMissing',
    blame: 'source',
    retry: 'never',
    message: `Table ${name} has no files any more. Provide them again, or plan anew.`,
  });
}
