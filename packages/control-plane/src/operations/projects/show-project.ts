import { basename } from 'node:path';

import { z } from 'zod';

import type { Caller } from '../../identity/caller.ts';
import { ROLES } from '../../identity/permissions.ts';
import { defineOperation } from '../../operation.ts';

/** What a person works on, and who the server takes them for. */
export const showProject = defineOperation({
  name: 'projects/show-project',
  summary: 'Show the project and its environments.',
  permission: 'pipeline.read',
  input: z.strictObject({}),
  output: z.strictObject({
    name: z.string(),
    /** The environment that holds; null when the project has none. */
    environment: z.string().nullable(),
    environments: z.array(z.string()),
    caller: z.strictObject({ by: z.custom<Caller['by']>(), name: z.string(), role: z.enum(ROLES) }),
  }),
  async handler(context) {
    const { document } = await context.project();
    return {
      name: document.name ?? basename(context.projectFolder),
      environment: (await context.environmentName()) ?? null,
      environments: Object.keys(document.environments ?? {}),
      caller: { by: context.caller.by, name: context.caller.name, role: context.caller.role },
    };
  },
});
