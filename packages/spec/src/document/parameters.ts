import { z } from 'zod';

export const PARAMETER_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
] as const;

export type ParameterType = (typeof PARAMETER_TYPES)[number];

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

const parameterSchema = z
  .strictObject({
    type: z
      .enum(PARAMETER_TYPES)
      .describe(
        'string; integer: whole, up to 18 digits; number: exact, up to 38 digits; boolean; date: 2026-01-31; timestamp: 2026-01-31 10:00:00; timestamptz: the same with a zone, as 2026-01-31 10:00:00Z.',
      )
      .meta({ examples: ['date'] }),
    description: z
      .string()
      .optional()
      .describe('What the value means.')
      .meta({ examples: ['The first day to load.'] }),
    default: scalarSchema
      .optional()
      .describe('The value when none is given; without it one must be given.')
      .meta({ examples: ['2026-01-01', 30] }),
    accepted: z
      .array(scalarSchema)
      .min(1)
      .optional()
      .describe('The only values that it can have.')
      .meta({ examples: [['EU', 'US']] }),
  })
  .describe('A value that is given from outside.')
  .meta({ examples: [{ type: 'date', default: '2026-01-01' }] });

/** Parameters by name. */
export const parametersSchema = z
  .record(z.string(), parameterSchema)
  .describe('Values that are given from outside, by name; ${param:NAME} stands for one.')
  .meta({ examples: [{ since: { type: 'date', default: '2026-01-01' } }] });

export type ParameterDeclaration = z.infer<typeof parameterSchema>;

/** Values of parameters by name, as a document or a person gives them. */
export const parameterValuesSchema = z
  .record(z.string(), scalarSchema)
  .meta({ examples: [{ since: '2026-01-01', keepDays: 30 }] });
