import type { Action, CommandDeclaration, CommandOption } from '../commands/command.ts';
import { completeWords } from '../completion/complete-words.ts';
import { EXIT } from '../session/exit-code.ts';

/** What the completion scripts call: one word per line for the word that is being typed. */
export function completer(
  commands: readonly CommandDeclaration[],
  globalOptions: readonly CommandOption[],
): Action {
  return async (session, input) => {
    const words = input.arguments.map((word) => word ?? '');
    const found = await completeWords(words, commands, globalOptions, session.context);
    session.process.writeOut(found.map((word) => `${word}\n`).join(''));
    return EXIT.done;
  };
}
