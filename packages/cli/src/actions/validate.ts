import { validatePipelines } from '@millrace/control-plane';
import { formatDiagnostic } from '@millrace/spec';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';

export const validate: Action = async (session, input) => {
  const { texts, ...result } = await session.call(validatePipelines, { pipeline: input.arguments[0] });
  session.answer(result, () => {
    const said = result.diagnostics.map((diagnostic) =>
      formatDiagnostic(diagnostic, texts.get(diagnostic.range.file) ?? ''),
    );
    const errors = result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
    const documents = `${result.files.length} document${result.files.length === 1 ? '' : 's'}`;
    said.push(
      errors === 0
        ? `${session.paint('green', 'ok')}  ${documents} checked.`
        : `${errors} error${errors === 1 ? '' : 's'} in ${documents}.`,
    );
    return said.join('\n');
  });
  return result.isValid ? EXIT.done : EXIT.wrong;
};
