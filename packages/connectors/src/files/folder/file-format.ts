import type { FileFormat } from '../config.ts';

export type Packing = 'none' | 'gzip' | 'zstd';

export interface FileKind {
  readonly format: FileFormat;
  readonly packing: Packing;
  /** The path without the extensions that say so. */
  readonly stem: string;
}

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  pq: 'parquet',
};

/** What a file is by its extensions (`orders.csv.gz`); undefined when they say nothing. */
export function fileKindOf(path: string): FileKind | undefined {
  const packing = packingOf(path);
  const unpacked = packing === 'none' ? path : path.replace(/\.[^.]+$/, '');
  const extension = /\.([^./]+)$/.exec(unpacked)?.[1]?.toLowerCase();
  const format =
    extension !== undefined && Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  if (format === undefined || extension === undefined) return undefined;
  return { format, packing, stem: unpacked.slice(0, -(extension.length + 1)) };
}

export function packingOf(path: string): Packing {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.(?:zst|zstd)$/i.test(path) ? 'zstd' : 'none';
}
