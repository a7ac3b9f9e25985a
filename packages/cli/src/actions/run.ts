import { runPipeline } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption, parameterOptions } from '../session/command-input.ts';
import { watchRun } from '../terminal/watch-run.ts';
import { formatProposal } from './proposal-text.ts';
import { formatRunSummary } from './run-text.ts';

export const run: Action = async (session, input) => {
  const watcher = watchRun(session);
  session.watch = watcher.see;
  const stop = (): void => session.remark('Cancelling; once more to end at once.');
  session.process.signal.addEventListener('abort', stop, { once: true });
  try {
    const summary = await session.call(runPipeline, {
      pipeline: input.arguments[0],
      isFullRefresh: input.options['fullRefresh'] === true,
      isVerified: input.options['verify'] === true,
      tables: listOption(input, 'tables'),
      parameters: parameterOptions(input),
    });
    watcher.end();
    session.answer(summary, () =>
      [formatRunSummary(summary, session.paint), ...formatProposal(summary.proposal, session.paint)].join(
        '\n',
      ),
    );
    const isEqual = summary.tasks.every((task) => task.verified === null || task.verified.isEqual);
    return summary.state === 'succeeded' && isEqual ? EXIT.done : EXIT.failed;
  } finally {
    watcher.end();
    session.process.signal.removeEventListener('abort', stop);
  }
};
