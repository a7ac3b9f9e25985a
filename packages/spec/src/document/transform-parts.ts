import { z } from 'zod';

import { checksSchema } from './check-list.ts';
import { typeTextSchema } from './checks/type-text.ts';
import { quarantineSchema } from './contract.ts';
import { sqlTextSchema } from './schema-parts.ts';

/** A step, or a named output of one. */
export const inputSchema = z
  .string()
  .min(1)
  .describe('The step whose rows are read; step.output for a named output of it.')
  .meta({ examples: ['orders', 'routed.large'] });

export const expressionSchema = sqlTextSchema
  .describe('An expression in the SQL of DuckDB.')
  .meta({ examples: ["status <> 'cancelled'", 'quantity * price'] });

/** `column` in its metadata says to forms that it names a column. */
export const columnSchema = z
  .string()
  .min(1)
  .describe('A column of the input.')
  .meta({ column: true, examples: ['status'] });

export const columnsSchema = z
  .array(columnSchema)
  .min(1)
  .describe('Columns of the input.')
  .meta({ examples: [['id', 'status']] });

/** Expressions by the name of the column that each makes. */
export const namedExpressionsSchema = z
  .record(z.string().min(1), expressionSchema)
  .describe('Expressions by the name of the column that each makes.')
  .meta({ examples: [{ total: 'quantity * price' }] });

/** `created_at desc nulls last` */
export const orderSchema = z
  .array(sqlTextSchema)
  .min(1)
  .describe(
    'What rows are ordered by: expressions, each with asc or desc and nulls first or last as in ORDER BY.',
  )
  .meta({ examples: [['created_at desc', 'id']] });

/** The type of a column, as `formatLogicalType` writes it. */
export const typeSchema = typeTextSchema
  .describe(
    'A type: boolean, int8 to int64, uint8 to uint64, float32, float64, decimal(precision, scale), string, bytes, json, uuid, date, time, timestamp, timestamptz.',
  )
  .meta({ examples: ['decimal(18, 2)', 'timestamptz'] });

/** What may stand beside the settings of every transform verb. */
export const besideTransform = {
  description: z
    .string()
    .optional()
    .describe('What the step is for.')
    .meta({ examples: ['Orders that count.'] }),
  checks: checksSchema.optional(),
  quarantine: quarantineSchema.optional(),
};
