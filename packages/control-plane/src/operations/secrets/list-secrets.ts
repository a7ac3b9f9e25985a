import { compareText } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { filesThatUseSecrets } from '../../project/files-that-use-secrets.ts';

export interface ListedSecret {
  readonly name: string;
  /** False for one that documents refer to and the project does not have. */
  readonly isSet: boolean;
  /** Files that refer to it, relative to the working folder. */
  readonly usedIn: readonly string[];
}

/** Names only: nothing but a run and a test of a connection reads the values. */
export const listSecrets = defineOperation({
  name: 'secrets/list-secrets',
  summary: 'List the secrets of the project and the files that refer to them.',
  permission: 'secret.read',
  input: z.strictObject({}),
  output: z.strictObject({ secrets: z.array(z.custom<ListedSecret>()) }),
  async handler(context) {
    await context.project();
    const [set, used] = await Promise.all([context.secrets.names(), filesThatUseSecrets(context)]);
    const secrets = [...new Set([...set, ...used.keys()])]
      .toSorted(compareText)
      .map((name): ListedSecret => ({ name, isSet: set.includes(name), usedIn: used.get(name) ?? [] }));
    return { secrets };
  },
});
