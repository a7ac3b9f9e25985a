import { verifyPipeline } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption, parameterOptions } from '../session/command-input.ts';
import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';
import { watchRun } from '../terminal/watch-run.ts';
import { paintState } from './run-text.ts';

export const verify: Action = async (session, input) => {
  if (!session.process.isTerminal) session.watch = watchRun(session).see;
  const verified = await session.call(verifyPipeline, {
    pipeline: input.arguments[0],
    tables: listOption(input, 'tables'),
    parameters: parameterOptions(input),
  });
  session.answer(verified, () => {
    const table = formatTable(
      [
        { title: 'table' },
        { title: 'rows', align: 'right' },
        { title: 'only source', align: 'right' },
        { title: 'only destination', align: 'right' },
        { title: 'differing', align: 'right' },
        { title: 'outcome' },
      ],
      verified.tables.map((result) => [
        result.table,
        formatCount(result.rows),
        formatCount(result.onlySource),
        formatCount(result.onlyDestination),
        formatCount(result.differing),
        result.isEqual ? 'verified' : 'failed',
      ]),
    );
    const details = verified.tables.flatMap((result) => [
      printable(result.statement),
      ...result.examples.map((example) => `  ${printable(example)}`),
    ]);
    return [paintState(table, session.paint), '', ...details].join('\n');
  });
  return verified.isEqual ? EXIT.done : EXIT.failed;
};
