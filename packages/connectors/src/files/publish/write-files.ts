import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { createGzip, createZstdCompress } from 'node:zlib';

import {
  PipelineError,
  throwIfCancelled,
  type PublishRequest,
  type StagedFile,
} from '@millrace/connector-sdk';

import type { FilesConfig } from '../config.ts';
import type { PublishedFile } from '../folder/published-table.ts';
import { jsonCell, textExpression } from './text-expressions.ts';

/** Writes one staged file into the folder of a version, durably, and says what was written. */
export async function writeFile(
  folder: string,
  name: string,
  request: PublishRequest,
  staged: StagedFile,
  options: FilesConfig['write'],
  signal: AbortSignal,
): Promise<PublishedFile> {
  await requireRows(request, staged, signal);
  const isParquet = options.format === 'parquet';
  const extension = isParquet ? '' : { none: '', gzip: '.gz', zstd: '.zst' }[options.compression];
  const fileName = `${name}.${options.format}${extension}`;
  const content = contentOf(request, staged, options, signal);
  const packer = isParquet ? null : packerOf(options.compression);
  const chunks: AsyncIterable<Uint8Array> = packer === null ? content : packed(content, packer);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(join(folder, fileName), 'wx');
  try {
    for await (const chunk of chunks) {
      throwIfCancelled(signal);
      hash.update(chunk);
      sizeBytes += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const sha256 = hash.digest('hex');
  if (isParquet && staged.sha256 !== '' && staged.sha256 !== sha256) {
    throw new PipelineError({
      code: 'checksumMismatch',
      blame: 'platform',
      retry: 'backoff',
      message: `${staged.path} is not what was staged: its SHA-256 is ${sha256} instead of ${staged.sha256}. Nothing was published; it is extracted again.`,
    });
  }
  return { path: fileName, rows: staged.rows, sizeBytes, sha256 };
}

/** The manifest promises rows to whoever reads the table, so they are counted. */
async function requireRows(request: PublishRequest, staged: StagedFile, signal: AbortSignal): Promise<void> {
  let rows = '';
  for await (const [row] of request.reader.values(staged, ['count(*)'], signal)) rows = String(row?.[0]);
  if (rows === String(staged.rows)) return;
  throw new PipelineError({
    code: 'rowCountMismatch',
    blame: 'platform',
    retry: 'backoff',
    message: `${staged.path} holds ${rows} rows instead of the ${staged.rows} that were staged. Nothing was published; it is extracted again.`,
  });
}

function packerOf(compression: FilesConfig['write']['compression']): Transform | null {
  if (compression === 'none') return null;
  return compression === 'gzip' ? createGzip() : createZstdCompress();
}

async function* packed(
  content: AsyncIterable<Uint8Array>,
  packer: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(content);
  source.once('error', (error) => packer.destroy(error));
  for await (const chunk of source.pipe(packer)) yield chunk as Buffer;
}

async function* contentOf(
  request: PublishRequest,
  staged: StagedFile,
  options: FilesConfig['write'],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { fields, reader } = request;
  switch (options.format) {
    case 'parquet':
      for await (const chunk of createReadStream(staged.path, { highWaterMark: 1 << 20 }))
        yield chunk as Buffer;
      return;
    case 'csv': {
      const names = fields.map((field) => `"${field.name.replaceAll('"', '""')}"`);
      yield Buffer.from(`${names.join(',')}\n`);
      const select = fields.map((field) => textExpression(field, options.neutralizeFormulas));
      yield* reader.delimited(
        staged,
        select,
        { delimiter: ',', quote: '"', escape: '"', nullText: '' },
        signal,
      );
      return;
    }
    case 'jsonl': {
      const select = fields.map((field) => textExpression(field, false));
      const names = fields.map((field) => `${JSON.stringify(field.name)}:`);
      for await (const block of reader.values(staged, select, signal)) {
        const lines = block.map((row) => {
          const cells = fields.flatMap((field, index) => {
            const value = row[index] ?? null;
            // An absent name is NULL, so that the JSON value null can stand for itself.
            if (value === null && field.type.kind === 'json') return [];
            const text =
              typeof value === 'string' || value === null ? value : Buffer.from(value).toString('utf8');
            return [`${names[index] ?? ''}${jsonCell(field.type, text)}`];
          });
          return `{${cells.join(',')}}\n`;
        });
        yield Buffer.from(lines.join(''));
      }
    }
  }
}
