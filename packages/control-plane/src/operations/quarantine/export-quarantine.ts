import { extname, resolve } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import type { ExportFormat } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { quarantineRequest, selectionSchema, withScratch } from '../../quarantine/ask-quarantine.ts';

const FORMATS: Readonly<Record<string, ExportFormat>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.parquet': 'parquet',
  '.xlsx': 'xlsx',
};

/** Writes the rows of one step that are in quarantine to a file. */
export const exportQuarantine = defineOperation({
  name: 'quarantine/export-quarantine',
  summary: 'Write the rows of a step that are in quarantine to a file.',
  permission: 'data.read',
  isLocal: true,
  input: z.strictObject({ pipeline: z.string(), ...selectionSchema, to: z.string().min(1) }),
  output: z.strictObject({ path: z.string(), rows: z.number() }),
  async handler(context, { pipeline, to, ...selection }, signal) {
    const path = resolve(context.workingFolder, to);
    const format = FORMATS[extname(path).toLowerCase()];
    if (format === undefined)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `${to} says no format. Let its name end in ${Object.keys(FORMATS)
          .join(', ')
          .replace(/, (?=[^,]*$)/, ' or ')}.`,
      });
    const request = await quarantineRequest(context, pipeline, selection);
    const { rows } = await withScratch(request, () =>
      context.runner().call('exportQuarantine', { ...request, path, format, isRaw: true }, signal),
    );
    return { path: to, rows };
  },
});
