import { PipelineError } from '@millrace/connector-sdk';
import { parseValueReferences } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';

/** Encrypts a value of the project; documents refer to it as `${secret:NAME}`. */
export const setSecret = defineOperation({
  name: 'secrets/set-secret',
  summary: 'Save or replace a secret of the project.',
  permission: 'secret.write',
  input: z.strictObject({ name: z.string(), value: z.string() }),
  output: z.strictObject({ name: z.string(), isReplaced: z.boolean() }),
  async handler(context, { name, value }) {
    context.redactor.add(value);
    await context.project();
    if (parseValueReferences(`\${secret:${name}}`).references[0]?.name !== name)
      throw wrong(
        `"${name}" cannot name a secret: use a letter or _ first, then letters, digits, _ . and -, at most 128.`,
      );
    if (value === '')
      throw wrong(
        `The secret "${name}" would be empty. Give its value on standard input, as in: openssl rand -hex 32 | millrace secrets set ${name}`,
      );
    const isReplaced = (await context.secrets.names()).includes(name);
    await context.secrets.write(name, value);
    return { name, isReplaced };
  },
});

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
