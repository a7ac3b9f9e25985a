import { PipelineError } from '@millrace/connector-sdk';

import type { Action } from '../commands/command.ts';
import { COMMANDS, GLOBAL_OPTIONS } from '../commands/index.ts';
import { EXIT } from '../session/exit-code.ts';
import { completeWords } from '../completion/complete-words.ts';
import { completionScript } from '../completion/completion-script.ts';

export const completion: Action = async (session, input) => {
  const [shell = ''] = input.arguments;
  const script = completionScript(shell);
  if (script === undefined) {
    throw new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message: `There is no completion for "${shell}". There is for: bash, zsh, fish.` });
  }
  session.answer({ shell, script }, () => script);
  return EXIT.done;
};

/** Called by the scripts: one word per line for the word that is being typed. */
export const complete: Action = async (session, input) => {
  const words = input.arguments.map((word) => word ?? '');
  const found = await completeWords(words, COMMANDS, GLOBAL_OPTIONS, session.context);
  session.process.writeOut(found.map((word) => `${word}\n`).join(''));
  return EXIT.done;
};
