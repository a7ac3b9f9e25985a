/** Arguments and options that several commands have. */

export const pipeline = {
  name: 'pipeline',
  description: 'name of a pipeline',
  completes: 'pipeline',
} as const;

export const parameter = {
  flags: '--param <name=value>',
  description: 'value of a parameter of the pipeline; may be repeated',
  isRepeatable: true,
} as const;

export const tablesWithNeeds = {
  flags: '--tables <pattern>',
  description: 'only these tables, with what they need; may be repeated',
  isRepeatable: true,
} as const;

export const asFullRefresh = {
  flags: '--full-refresh',
  description: 'as the run with --full-refresh would',
} as const;
