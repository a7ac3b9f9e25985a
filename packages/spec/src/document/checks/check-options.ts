import { z } from 'zod';

const NAMING = {
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Name in results and history, unique in the step; made from the settings when left out.')
    .meta({ examples: ['every order has a customer'] }),
  description: z
    .string()
    .optional()
    .describe('Why the check is there, for whoever sees it fail.')
    .meta({ examples: ['Invoices go out by this address.'] }),
  severity: z
    .enum(['low', 'medium', 'high'])
    .optional()
    .describe(
      'How much a failure matters to people; it changes nothing in the run. Default: high when the check stops the run, medium when it sets rows aside, low when it warns.',
    )
    .meta({ examples: ['high'] }),
  tags: z
    .array(z.string().min(1))
    .optional()
    .describe('Words to find the check by.')
    .meta({ examples: [['finance']] }),
  owner: z
    .string()
    .min(1)
    .optional()
    .describe('Who answers for a failure.')
    .meta({ examples: ['data-team'] }),
};

const threshold = z
  .strictObject({
    maxRows: z
      .int()
      .min(0)
      .optional()
      .describe('More failing rows than this stop the run.')
      .meta({ examples: [100] }),
    maxShare: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('A larger share of failing rows than this stops the run; 0 to 1.')
      .meta({ examples: [0.01] }),
  })
  .optional()
  .meta({ examples: [{ maxRows: 100, maxShare: 0.01 }] });

const THRESHOLD_WORDS =
  'How many rows may fail before the run stops, whatever onFailure says. With onFailure: stop, failing rows up to it are a warning.';

/** Options of a check of single rows. */
export const ROW_OPTIONS = {
  onFailure: z
    .enum(['warn', 'stop', 'quarantine'])
    .optional()
    .describe(
      'warn: publish and say so. stop: publish nothing. quarantine: set the failing rows aside and publish the rest. Default stop.',
    )
    .meta({ examples: ['quarantine'] }),
  threshold: threshold.describe(
    `${THRESHOLD_WORDS} Left out: no limit with warn, none allowed with stop, the limit of the step's quarantine with quarantine.`,
  ),
  ...NAMING,
};

/** Options of a check that counts failing rows without telling them apart by themselves. */
export const COUNT_OPTIONS = {
  onFailure: z
    .enum(['warn', 'stop'])
    .optional()
    .describe(
      'warn: publish and say so. stop: publish nothing. Rows cannot be set aside, because whether one fails depends on others. Default stop.',
    )
    .meta({ examples: ['warn'] }),
  threshold: threshold.describe(`${THRESHOLD_WORDS} Left out: no limit with warn, none allowed with stop.`),
  ...NAMING,
};

/** Options of a check of the rows as a whole. */
export function datasetOptions(defaultOnFailure: 'warn' | 'stop') {
  return {
    onFailure: z
      .enum(['warn', 'stop'])
      .optional()
      .describe(`warn: publish and say so. stop: publish nothing. Default ${defaultOnFailure}.`)
      .meta({ examples: [defaultOnFailure === 'warn' ? 'stop' : 'warn'] }),
    ...NAMING,
  };
}
