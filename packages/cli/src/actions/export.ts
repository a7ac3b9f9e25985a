import { exportPipeline } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { parameterOptions } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';

export const exportAs: Action = async (session, input) => {
  const exported = await session.call(exportPipeline, {
    format: input.arguments[0],
    pipeline: input.arguments[1],
    parameters: parameterOptions(input),
  });
  session.answer(exported, () => exported.text.trimEnd());
  return EXIT.done;
};
