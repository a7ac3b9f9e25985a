import { createProject } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { textOption } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import { printable } from '../terminal/terminal-text.ts';

export const init: Action = async (session, input) => {
  const folder = input.arguments[0] ?? '.';
  const made = await session.call(createProject, { folder, name: textOption(input, 'name') });
  session.answer(made, () =>
    [
      `Made the project ${printable(made.name)} in ${printable(made.folder)}: ${made.files.join(', ')}.`,
      'Next: millrace connections add NAME, then millrace discover NAME.',
    ].join('\n'),
  );
  return EXIT.done;
};
