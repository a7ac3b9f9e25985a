import { z } from 'zod';

import { parametersSchema } from './parameters.ts';
import { stepSchema } from './step.ts';

/** A file of `transforms/`; `TemplateDocument` is inferred from it. */
export const templateSchema = z
  .strictObject({
    version: z
      .literal(1)
      .describe('Version of the language.')
      .meta({ examples: [1] }),
    name: z
      .string()
      .min(1)
      .describe('Name of the template, unique in the project; pipelines use it by this name.')
      .meta({ examples: ['recent-orders'] }),
    description: z
      .string()
      .optional()
      .describe('What the template is for.')
      .meta({ examples: ['Orders of the last days, without test orders.'] }),
    parameters: parametersSchema.optional(),
    inputs: z
      .record(z.string(), z.string())
      .describe('The rows that it reads, each by a name with what they are.')
      .meta({ examples: [{ rows: 'Orders as they come from the shop.' }] }),
    steps: z
      .record(z.string(), stepSchema)
      .describe('Its steps by name. They read inputs and each other, and only transform.')
      .meta({ examples: [{ paid: { filter: { from: 'rows', where: "status = 'paid'" } } }] }),
    output: z
      .string()
      .min(1)
      .describe('The step whose rows are those of the template.')
      .meta({ examples: ['paid'] }),
  })
  .describe('A named chain of steps, for the template steps of pipelines.');

/** What a template file says. */
export type TemplateDocument = z.infer<typeof templateSchema>;
