import type { BatchBuilder, BuilderField } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import type { FilesConfig } from './config.ts';
import { readCsv } from './csv/read-csv.ts';
import type { TableDetail } from './discover.ts';
import { fileBytes, toUtf8 } from './folder/file-bytes.ts';
import type { ListedFile } from './folder/list-files.ts';
import { readJsonl } from './jsonl/read-jsonl.ts';

export interface TextRead {
  readonly fields: readonly Field[];
  readonly detail: TableDetail;
  readonly file: ListedFile;
  readonly config: Pick<FilesConfig, 'maxExpansion' | 'maxRecordBytes'>;
  readonly builder: BatchBuilder;
}

/** Writes the records of a CSV or JSON lines file into the builder, yielding when it is full; returns their number. */
export function readText(read: TextRead, signal: AbortSignal): AsyncGenerator<'full', number, undefined> {
  const { detail, file, config, builder } = read;
  const names = read.fields.map((field) => field.name);
  const plan = { path: file.path, onMalformed: detail.onMalformed, maxRecordBytes: config.maxRecordBytes };
  const chunks = toUtf8(
    fileBytes(file, config.maxExpansion, signal),
    detail.dialect?.encoding ?? 'utf-8',
    file.path,
  );
  if (detail.dialect === null) {
    const targets = new Map(detail.columns.map((column) => [column, names.indexOf(column)]));
    const types = read.fields.map((field) => field.type);
    return readJsonl({ ...plan, targets, types, isPublished: file.published !== undefined }, chunks, builder);
  }
  const targets = detail.columns.map((column) => names.indexOf(column));
  return readCsv({ ...plan, dialect: detail.dialect, columns: detail.columns, targets }, chunks, builder);
}

/** Millrace writes bytes into text files as `\\x00ff`; other people's files have their own ways, so theirs are kept raw. */
export function builderFields(fields: readonly Field[], isPublished: boolean): readonly BuilderField[] {
  return fields.map(({ name, type }) => ({
    name,
    type,
    encoding: isPublished && type.kind === 'bytes' ? 'hex' : 'raw',
  }));
}
