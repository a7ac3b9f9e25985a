import { z } from 'zod';

export const columnSchema = z
  .string()
  .min(1)
  .describe('The column.')
  .meta({ examples: ['status'] });

export const columnsSchema = z.array(z.string().min(1)).min(1);

/** A number, or text for what YAML cannot hold exactly: decimals, large integers, dates, times. */
export const boundSchema = z.union([z.number(), z.string().min(1)]);

export const stepNameSchema = z.string().min(1);

export const overSchema = z
  .int()
  .min(3)
  .max(1000)
  .optional()
  .describe(
    'How many earlier runs to compare with. Below three the check is skipped and says so. Default 14.',
  )
  .meta({ examples: [14] });

/** Message by which a failed refinement says that none of the keys is there. */
export function needsOneOf(keys: readonly string[]): string {
  return `needs at least one of ${keys.join(', ')}`;
}
