import { showSchema, writeSchemas } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { printable } from '../terminal/terminal-text.ts';

export const schema: Action = async (session, input) => {
  if (input.options['write'] === true) {
    const written = await session.call(writeSchemas, {});
    session.answer(written, () => `Wrote ${written.files.map(printable).join(', ')}.`);
    return EXIT.done;
  }
  const shown = await session.call(showSchema, { document: input.arguments[0] });
  session.answer(shown, () => JSON.stringify(shown, null, 2));
  return EXIT.done;
};
