import { rollbackTable } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { textOption } from '../session/command-input.ts';
import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';

export const rollback: Action = async (session, input) => {
  const done = await session.call(rollbackTable, {
    table: input.arguments[0],
    toRun: textOption(input, 'to'),
    pipeline: textOption(input, 'pipeline'),
  });
  session.answer(done, () =>
    [
      `${session.paint('green', 'ok')}  ${printable(done.table)} is as run ${done.restoredRun} left it: version ${done.version}, ${formatCount(done.rows)} row${done.rows === 1 ? '' : 's'}.`,
      `The next run of ${printable(done.pipeline)} goes on from there.`,
    ].join('\n'),
  );
  return EXIT.done;
};
