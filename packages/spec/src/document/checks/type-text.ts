import { z } from 'zod';

import { parseLogicalType } from '../../parse-logical-type.ts';

/** The text of a logical type. */
export const typeTextSchema = z.string().refine((text) => parseLogicalType(text) !== undefined, {
  message:
    'is no type. Use boolean, int8 to int64, uint8 to uint64, float32, float64, decimal(p, s), string, bytes, json, uuid, date, time, timestamp or timestamptz',
});
