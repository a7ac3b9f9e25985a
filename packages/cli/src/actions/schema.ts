import { showSchema } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';

export const schema: Action = async (session, input) => {
  const shown = await session.call(showSchema, { document: input.arguments[0] });
  session.answer(shown, () => JSON.stringify(shown, null, 2));
  return EXIT.done;
};
