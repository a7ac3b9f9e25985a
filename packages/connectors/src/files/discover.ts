import { PipelineError } from '@millrace/connector-sdk';
import type { SourceField, SourceTable } from '@millrace/spec';
import { z } from 'zod';

import type { FilesConfig } from './config.ts';
import { detectDialect, sampleRecords } from './csv/detect-dialect.ts';
import { detectTextType } from './csv/detect-types.ts';
import { csvDialect, describeDialect } from './csv/dialect.ts';
import { malformed } from './errors.ts';
import { sampleBytes } from './folder/file-bytes.ts';
import type { FileGroup } from './folder/group-files.ts';
import { detectColumns } from './jsonl/detect-columns.ts';
import type { ParquetReader } from './parquet/describe-parquet.ts';
import { parseTypeWord } from './types.ts';

const SAMPLE_BYTES = 1024 * 1024;

/** What `read` needs to know of a table, kept in the plan: a later run reads by what was reviewed, not by a new guess. */
export const tableDetail = z.object({
  format: z.enum(['csv', 'jsonl', 'parquet']),
  onMalformed: z.enum(['stop', 'quarantine']),
  dialect: csvDialect.nullable(),
  /** All columns of the files in order. */
  columns: z.array(z.string()),
});

export type TableDetail = z.output<typeof tableDetail>;

interface Content {
  readonly fields: readonly SourceField[];
  readonly dialect: TableDetail['dialect'];
  readonly notes: readonly string[];
  readonly rows: number | null;
}

export async function describeGroup(
  group: FileGroup,
  config: FilesConfig,
  parquet: ParquetReader,
  signal: AbortSignal,
): Promise<SourceTable> {
  const content = await describeContent(group, config, parquet, signal);
  const detail: TableDetail = {
    format: group.format,
    onMalformed: group.config?.onMalformed ?? 'stop',
    dialect: content.dialect,
    columns: content.fields.map((field) => field.name),
  };
  const key = group.config?.key ?? [];
  const unknown = key.find((name) => !detail.columns.includes(name));
  if (unknown !== undefined)
    throw invalid(
      group,
      `its key names ${unknown}, which is not among its columns: ${detail.columns.join(', ')}`,
    );
  return {
    table: { name: group.name },
    kind: 'table',
    fields: content.fields,
    key,
    indexedColumns: [],
    estimatedRows: content.rows,
    estimatedBytes: group.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    cursorCandidates: [],
    notes: [
      `${group.files.length} ${group.format} file${group.files.length === 1 ? '' : 's'}: ${group.pattern}`,
      ...content.notes,
    ],
    detail,
  };
}

async function describeContent(
  group: FileGroup,
  config: FilesConfig,
  parquet: ParquetReader,
  signal: AbortSignal,
): Promise<Content> {
  const declared = group.config?.columns?.map(({ name, type }): SourceField => {
    const logical = parseTypeWord(type);
    if (logical === undefined) throw invalid(group, `the type ${type} of its column ${name} does not exist`);
    return { name, type: logical, nullable: true, nativeType: group.format };
  });
  if (declared !== undefined)
    requireUnique(
      group,
      declared.map((field) => field.name),
    );
  switch (group.format) {
    case 'csv':
      return describeCsv(group, config, declared, signal);
    case 'jsonl':
      return describeJsonl(group, config, declared, signal);
    case 'parquet':
      return describeParquet(group, declared, parquet);
  }
}

async function describeCsv(
  group: FileGroup,
  config: FilesConfig,
  declared: readonly SourceField[] | undefined,
  signal: AbortSignal,
): Promise<Content> {
  const file = group.files.find((candidate) => candidate.sizeBytes > 0);
  const given = group.config?.dialect ?? {};
  if (file === undefined) {
    if (declared === undefined) throw empty(group);
    const dialect = detectDialect(Buffer.alloc(0), true, given);
    return { fields: declared, dialect, notes: [`dialect: ${describeDialect(dialect)}`], rows: 0 };
  }
  const { bytes, isWhole } = await sampleBytes(
    file,
    given.encoding ?? 'utf-8',
    SAMPLE_BYTES,
    config.maxExpansion,
    signal,
  );
  let dialect = detectDialect(bytes, isWhole, given);
  const sample = sampleRecords(bytes, isWhole, dialect);
  const [first] = sample.records;
  if (first === undefined && declared === undefined) throw empty(group);
  if (declared !== undefined && given.header === undefined) {
    dialect = { ...dialect, header: declared.every((field, index) => first?.cells[index] === field.name) };
  }
  const notes = [`dialect: ${describeDialect(dialect)}`];
  if (sample.complaint !== null) notes.push(`${file.path}, ${sample.complaint}`);
  const rows = isWhole && group.files.length === 1 ? sample.records.length - (dialect.header ? 1 : 0) : null;
  if (declared !== undefined) return { fields: declared, dialect, notes, rows };
  const width = first?.cells.length ?? 0;
  const names = Array.from({ length: width }, (_, index) =>
    dialect.header ? (first?.cells[index] ?? '') : `column_${index + 1}`,
  );
  requireUnique(group, names);
  const data = sample.records.slice(dialect.header ? 1 : 0).filter((record) => record.cells.length === width);
  notes.push(`types detected from ${data.length} records of ${file.path}`);
  const fields = names.map((name, index): SourceField => {
    const values = data.flatMap((record) => record.cells[index] ?? []);
    return { name, nullable: true, nativeType: 'csv', ...detectTextType(values) };
  });
  return { fields, dialect, notes, rows };
}

async function describeJsonl(
  group: FileGroup,
  config: FilesConfig,
  declared: readonly SourceField[] | undefined,
  signal: AbortSignal,
): Promise<Content> {
  if (declared !== undefined) return { fields: declared, dialect: null, notes: [], rows: null };
  const file = group.files.find((candidate) => candidate.sizeBytes > 0);
  if (file === undefined) throw empty(group);
  const { bytes, isWhole } = await sampleBytes(file, 'utf-8', SAMPLE_BYTES, config.maxExpansion, signal);
  const columns = detectColumns(bytes, isWhole);
  if (columns.size === 0)
    throw malformed(
      file.path,
      'no line of its beginning is a JSON object',
      'Correct the file, or set the format of its table.',
    );
  const fields = [...columns].map(([name, detected]): SourceField => ({
    name,
    nullable: true,
    nativeType: 'json',
    ...detected,
  }));
  return {
    fields,
    dialect: null,
    notes: [`columns detected from the first ${bytes.length} bytes of ${file.path}`],
    rows: null,
  };
}

async function describeParquet(
  group: FileGroup,
  declared: readonly SourceField[] | undefined,
  parquet: ParquetReader,
): Promise<Content> {
  if (declared !== undefined) return { fields: declared, dialect: null, notes: [], rows: null };
  const [file] = group.files;
  if (file === undefined) throw empty(group);
  const { columns, rows } = await parquet.describe(file);
  const fields = columns.map((column): SourceField => ({ nullable: true, ...column }));
  return { fields, dialect: null, notes: [], rows: group.files.length === 1 ? rows : null };
}

function requireUnique(group: FileGroup, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name.trim() === '')
      throw malformed(
        group.files[0]?.path ?? group.pattern,
        'its header leaves a column without a name',
        'Name every column, or declare header: false and the columns of the table.',
      );
    if (seen.has(name))
      throw malformed(
        group.files[0]?.path ?? group.pattern,
        `its header names ${name} twice`,
        'Rename one, or declare header: false and the columns of the table.',
      );
    seen.add(name);
  }
}

function empty(group: FileGroup): PipelineError {
  return invalid(
    group,
    `${group.pattern} matches ${group.files.length === 0 ? 'no file' : 'only empty files'}, so its columns are unknown. Declare them, or provide a file`,
  );
}

function invalid(group: FileGroup, reason: string): PipelineError {
  return new PipelineError({
    code: group.files.length === 0 ? 'tableMissing' : 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `Table ${group.name} cannot be read: ${reason}.`,
  });
}
