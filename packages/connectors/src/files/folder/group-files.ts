import { PipelineError } from '@millrace/connector-sdk';
import { formatLogicalType } from '@millrace/spec';

import type { FileFormat, FilesConfig, TableConfig } from '../config.ts';
import type { CsvDialect } from '../csv/dialect.ts';
import { fileKindOf } from './file-format.ts';
import { compileGlob } from './glob.ts';
import type { ListedFile } from './list-files.ts';

/** The files of one table, in the order of their paths. */
export interface FileGroup {
  readonly name: string;
  readonly format: FileFormat;
  readonly files: readonly ListedFile[];
  /** What a person declared; absent for a group found by its names. */
  readonly config: TableConfig | null;
  /** For people: which files belong to it. */
  readonly pattern: string;
}

/** How published CSV files are written. */
export const PUBLISHED_DIALECT = {
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: true,
  nullText: '',
  encoding: 'utf-8',
} as const satisfies CsvDialect;

/** A number, date or time at the end of a name tells the files of one table apart. */
const COUNTER = /[-_. ]?\d[\dT:_.-]*Z?$/;

export function groupFiles(config: FilesConfig, files: readonly ListedFile[]): readonly FileGroup[] {
  if (config.tables !== undefined) {
    return Object.entries(config.tables)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, table]) => declaredGroup(name, table, files));
  }
  return foundGroups(files);
}

function declaredGroup(name: string, table: TableConfig, files: readonly ListedFile[]): FileGroup {
  const matches = compileGlob(table.path);
  const own = files.filter((file) => matches(file.path));
  const format = table.format ?? fileKindOf(own[0]?.path ?? table.path.replaceAll('*', 'x'))?.format;
  if (format === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `The format of table ${name} (${table.path}) cannot be told from the file names. Set its format to csv, jsonl or parquet.`,
    });
  }
  return { name, format, files: own, config: table, pattern: table.path };
}

/**
 * One table per folder, except where a folder's files have different names: `orders/*.csv` is `orders`,
 * `shop/orders-1.csv` and `shop/customers-1.csv` are `shop_orders` and `shop_customers`, and files in the root itself
 * are named by their stem.
 */
function foundGroups(files: readonly ListedFile[]): readonly FileGroup[] {
  const folders = Map.groupBy(
    files.flatMap((file) => {
      if (file.published !== undefined) return [];
      const kind = fileKindOf(file.path);
      if (kind === undefined) return [];
      const slash = kind.stem.lastIndexOf('/');
      const base = kind.stem.slice(slash + 1);
      return [
        {
          file,
          folder: kind.stem.slice(0, Math.max(slash, 0)),
          format: kind.format,
          stem: base.replace(COUNTER, ''),
        },
      ];
    }),
    (entry) => `${entry.format}:${entry.folder}`,
  );
  const groups = [...folders.values()].flatMap((entries): readonly FileGroup[] => {
    const [first] = entries;
    if (first === undefined) return [];
    const { folder, format } = first;
    const stems = Map.groupBy(entries, (entry) => entry.stem);
    const folderName = folder.replaceAll('/', '_');
    if (folder !== '' && stems.size === 1) {
      return [
        {
          name: folderName,
          format,
          files: entries.map((entry) => entry.file),
          config: null,
          pattern: `${folder}/* (${format})`,
        },
      ];
    }
    return [...stems].map(([stem, own]) => ({
      name: [folderName, stem === '' ? 'files' : stem].filter((part) => part !== '').join('_'),
      format,
      files: own.map((entry) => entry.file),
      config: null,
      pattern: `${folder === '' ? '' : `${folder}/`}${stem}* (${format})`,
    }));
  });
  return withUniqueNames([...groups, ...publishedGroups(files)]);
}

function withUniqueNames(groups: readonly FileGroup[]): readonly FileGroup[] {
  const names = Map.groupBy(groups, (group) => group.name.toLowerCase());
  return groups
    .map((group) =>
      names.get(group.name.toLowerCase())?.length === 1
        ? group
        : { ...group, name: `${group.name}_${group.format}` },
    )
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** Tables that Millrace published itself: the manifest knows their columns and how they are written. */
function publishedGroups(files: readonly ListedFile[]): readonly FileGroup[] {
  const tables = Map.groupBy(
    files.filter((file) => file.published !== undefined),
    (file) => file.published?.folder ?? '',
  );
  return [...tables].flatMap(([folder, own]): readonly FileGroup[] => {
    const table = own[0]?.published?.table;
    if (table === undefined) return [];
    const columns = table.fields.map(({ name, type }) => ({ name, type: formatLogicalType(type) }));
    const config: TableConfig = {
      path: folder,
      format: table.format,
      columns,
      dialect: PUBLISHED_DIALECT,
      onMalformed: 'stop',
    };
    return [
      {
        name: folder.replaceAll('/', '_'),
        format: table.format,
        files: own,
        config,
        pattern: `${folder}/manifest.json`,
      },
    ];
  });
}
