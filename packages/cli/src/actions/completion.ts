import { PipelineError } from '@millrace/connector-sdk';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { completionScript } from '../completion/completion-script.ts';

export const completion: Action = async (session, input) => {
  const [shell = ''] = input.arguments;
  const script = completionScript(shell);
  if (script === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `There is no completion for "${shell}". There is for: bash, zsh, fish.`,
    });
  }
  session.answer({ shell, script }, () => script);
  return EXIT.done;
};
