import type { ConnectorRegistry } from '@millrace/connector-sdk';
import {
  addConnection as add,
  listConnections as list,
  testConnection as test,
} from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption, textOption } from '../session/command-input.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export const addConnection: Action = async (session, input) => {
  const name = input.arguments[0] ?? '';
  const given = parseSettings(listOption(input, 'set'));
  const secretKey = textOption(input, 'secretStdin');
  if (secretKey !== undefined) given[secretKey] = (await session.process.readInput()).replace(/\r?\n$/, '');
  const isAsking = session.process.isInputTerminal && session.process.isTerminal && !session.isJson;
  const asked = isAsking
    ? await (
        await import('./ask-connection.ts')
      ).askConnection(session.context.registry, input.arguments[1], given)
    : { type: input.arguments[1] ?? '', settings: given };
  const settings = await typedSettings(session.context.registry, asked.type, asked.settings);
  const added = await session.call(add, { name, type: asked.type, settings });
  session.answer(added, () => {
    const kept = added.secrets.length > 0 ? ` Secret: ${added.secrets.join(', ')}.` : '';
    return `Added the connection ${printable(added.name)} (${added.type}) to ${printable(added.file)}.${kept}\nNext: millrace connections test ${printable(added.name)}`;
  });
  return EXIT.done;
};

function parseSettings(texts: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    settings[equals === -1 ? text : text.slice(0, equals)] = equals === -1 ? '' : text.slice(equals + 1);
  }
  return settings;
}

/** Typed text becomes the number or the boolean that the connector's schema wants. */
async function typedSettings(
  registry: ConnectorRegistry,
  type: string,
  settings: Readonly<Record<string, string>>,
): Promise<Record<string, string | number | boolean>> {
  const load = Object.hasOwn(registry, type) ? registry[type] : undefined;
  if (!load) return { ...settings };
  const { listSettings } = await import('@millrace/control-plane');
  const types = new Map(listSettings(await load()).map((setting) => [setting.name, setting.type]));
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      const wanted = types.get(key);
      if ((wanted === 'integer' || wanted === 'number') && /^-?\d{1,15}(?:\.\d+)?$/.test(value))
        return [key, Number(value)];
      if (wanted === 'boolean' && (value === 'true' || value === 'false')) return [key, value === 'true'];
      return [key, value];
    }),
  );
}

export const listConnections: Action = async (session) => {
  const { connections } = await session.call(list, {});
  session.answer({ connections }, () => {
    if (connections.length === 0)
      return 'The project has no connections. Add one: millrace connections add NAME';
    return formatTable(
      [{ title: 'name' }, { title: 'type' }, { title: 'reads' }, { title: 'writes' }, { title: 'settings' }],
      connections.map((connection) => [
        connection.name,
        connection.type,
        connection.isSource ? 'yes' : 'no',
        connection.isDestination ? 'yes' : 'no',
        Object.entries(connection.settings)
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(' '),
      ]),
      100,
    );
  });
  return EXIT.done;
};

export const testConnection: Action = async (session, input) => {
  const tested = await session.call(test, { connection: input.arguments[0] });
  session.answer(tested, () => {
    const server = printable(`${tested.product} ${tested.version}`);
    return `${session.paint('green', 'ok')}  ${printable(tested.connection)}: ${server} answered in ${tested.milliseconds} ms.`;
  });
  return EXIT.done;
};
