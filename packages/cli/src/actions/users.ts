import { PipelineError } from '@millrace/connector-sdk';
import {
  inviteUser as invite,
  listUsers as list,
  readServerFile,
  resetPassword,
} from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { textOption } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import type { Session } from '../session/session.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export const listUsers: Action = async (session) => {
  const listed = await session.call(list, {});
  session.answer(listed, () =>
    listed.users.length === 0
      ? 'Nobody can sign in yet. millrace serve prints a link that makes the administrator.'
      : formatTable(
          [{ title: 'e-mail' }, { title: 'name' }, { title: 'role' }, { title: 'state' }],
          listed.users.map(({ email, name, role, isDisabled, hasPassword }) => [
            printable(email),
            printable(name),
            role,
            isDisabled ? 'disabled' : hasPassword ? 'active' : 'invited',
          ]),
        ),
  );
  return EXIT.done;
};

export const inviteUser: Action = async (session, input) => {
  const email = input.arguments[0] ?? '';
  const made = await session.call(invite, {
    email,
    name: textOption(input, 'name'),
    role: textOption(input, 'role') ?? 'viewer',
  });
  return sayLink(session, email, made);
};

export const linkUser: Action = async (session, input) => {
  const email = (input.arguments[0] ?? '').toLowerCase();
  const { users } = await session.call(list, {});
  const user = users.find((each) => each.email === email);
  if (!user)
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `There is no user ${email}. See: millrace users list`,
    });
  return sayLink(session, email, await session.call(resetPassword, { userId: user.userId }));
};

function sayLink(
  session: Session,
  email: string,
  made: { readonly token: string; readonly expiresAt: string },
): typeof EXIT.done {
  const url = session.serverUrl() ?? readServerFile(session.context.projectFolder)?.url;
  const link = `${url ?? '<address of the portal>'}/setup#${made.token}`;
  session.answer({ email, link, expiresAt: made.expiresAt }, () =>
    [
      `${printable(email)} sets a password with this link, once, until ${made.expiresAt}:`,
      `  ${link}`,
      ...(url === undefined ? ['No server runs on the project now: millrace serve'] : []),
    ].join('\n'),
  );
  return EXIT.done;
}
