import { PipelineError } from '@millrace/connector-sdk';
import { listSecrets as list, removeSecret as remove, setSecret as set } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import type { Session } from '../session/session.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export const setSecret: Action = async (session, input) => {
  const name = input.arguments[0] ?? '';
  const saved = await session.call(set, { name, value: await readValue(session, name) });
  session.answer(saved, () => {
    const reference = `\${secret:${saved.name}}`;
    return `${saved.isReplaced ? 'Replaced' : 'Saved'} the secret ${saved.name}. Documents refer to it as ${reference}`;
  });
  return EXIT.done;
};

/** Asked for without an echo on a terminal, else standard input without its last line break. */
async function readValue(session: Session, name: string): Promise<string> {
  const { process } = session;
  if (!process.isInputTerminal) return (await process.readInput()).replace(/\r?\n$/, '');
  const { password } = await import('@clack/prompts');
  const answer = await password({ message: `Value of ${printable(name)}` });
  if (typeof answer === 'string') return answer;
  throw new PipelineError({
    code: 'cancelled',
    blame: 'config',
    retry: 'never',
    message: 'Nothing was changed.',
  });
}

export const listSecrets: Action = async (session) => {
  const listed = await session.call(list, {});
  session.answer(listed, () =>
    listed.secrets.length === 0
      ? 'The project has no secrets. Save one: millrace secrets set NAME'
      : formatTable(
          [{ title: 'secret' }, { title: 'value' }, { title: 'used in' }],
          listed.secrets.map(({ name, isSet, usedIn }) => [
            name,
            isSet ? 'set' : 'missing',
            usedIn.join(', '),
          ]),
        ),
  );
  return EXIT.done;
};

export const removeSecret: Action = async (session, input) => {
  const removed = await session.call(remove, { name: input.arguments[0] });
  session.answer(removed, () => {
    const { name, usedIn } = removed;
    const still = usedIn.length === 0 ? '' : ` Still referred to in ${usedIn.map(printable).join(', ')}.`;
    return `Removed the secret ${name}.${still}`;
  });
  return EXIT.done;
};
