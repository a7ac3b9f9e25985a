import { PipelineError } from '@millrace/connector-sdk';
import { nearestNames } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { filesThatUseSecrets } from '../../project/files-that-use-secrets.ts';

export const removeSecret = defineOperation({
  name: 'secrets/remove-secret',
  summary: 'Forget a secret of the project.',
  permission: 'secret.write',
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({
    name: z.string(),
    /** Files that still refer to it. */
    usedIn: z.array(z.string()),
  }),
  async handler(context, { name }) {
    await context.project();
    if (!(await context.secrets.remove(name))) {
      const nearest = nearestNames(name, await context.secrets.names());
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `There is no secret "${name}".${nearest.length > 0 ? ` Did you mean ${nearest.join(' or ')}?` : ''} See: millrace secrets list`,
      });
    }
    return { name, usedIn: [...((await filesThatUseSecrets(context)).get(name) ?? [])] };
  },
});
