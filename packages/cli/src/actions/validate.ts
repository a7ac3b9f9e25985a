import { validatePipelines } from '@millrace/control-plane';
import { formatDiagnostic } from '@millrace/spec';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { parameterOptions } from '../session/command-input.ts';
import { printable, printableLines } from '../terminal/terminal-text.ts';

export const validate: Action = async (session, input) => {
  const result = await session.call(validatePipelines, {
    pipeline: input.arguments[0],
    isOffline: input.options['offline'] === true,
    parameters: parameterOptions(input),
  });
  session.answer(result, () => {
    const said = result.diagnostics.map((diagnostic) =>
      formatDiagnostic(diagnostic, session.textOf(diagnostic.range.file)),
    );
    const errors = result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
    const documents = `${result.files.length} document${result.files.length === 1 ? '' : 's'}`;
    said.push(
      errors === 0
        ? `${session.paint('green', 'ok')}  ${documents} checked.`
        : `${errors} error${errors === 1 ? '' : 's'} in ${documents}.`,
    );
    for (const { file, reason } of result.unchecked)
      said.push(`${session.paint('yellow', 'not checked')}  ${printable(file)}: ${printableLines(reason)}`);
    if (errors > 0)
      for (const { connection, discoveredAt } of result.schemas)
        said.push(
          `The tables of "${printable(connection)}" were taken as they were at ${formatMinute(discoveredAt)}. If they changed: millrace discover ${printable(connection)}`,
        );
    return said.join('\n');
  });
  return result.isValid ? EXIT.done : EXIT.wrong;
};

function formatMinute(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}
