import { PipelineError } from '@millrace/connector-sdk';
import type { ConnectorDefinition } from '@millrace/connector-sdk';
import { checkSchema, formatPath, locateNowhere, nearestNames } from '@millrace/spec';
import { z } from 'zod';

import type { OperationContext } from '../operation-context.ts';
import { isSecretSetting } from './secret-settings.ts';

/** One setting of a connection as people type it: plain, a list or a map. */
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue };

/** Settings of a connection as people type them. */
export type ConnectionSettings = Readonly<Record<string, SettingValue>>;

/** Lists and maps within each other; no connector's settings are deeper. */
const MAX_DEPTH = 8;

export const connectionName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
    'A name starts with a letter and has letters, digits, _ and -, at most 63.',
  );
export const connectionSettings = z.record(
  z.string(),
  z.custom<SettingValue>(
    (value) => isSettingValue(value, MAX_DEPTH),
    'must be plain, a list or a map, at most 8 of them in each other',
  ),
);

function isSettingValue(value: unknown, depth: number): value is SettingValue {
  if (typeof value !== 'object') return ['string', 'number', 'boolean'].includes(typeof value);
  if (value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isSettingValue(inner, depth - 1));
}

/** The connector of a type; throws `configInvalid` naming near misses when there is none. */
export async function findConnector(
  context: Pick<OperationContext, 'registry'>,
  type: string,
): Promise<ConnectorDefinition<never>> {
  const load = Object.hasOwn(context.registry, type) ? context.registry[type] : undefined;
  if (load) return await load();
  const known = Object.keys(context.registry);
  const near = nearestNames(type, known);
  if (type === '')
    throw wrong(`Say which connector: millrace connections add NAME TYPE. There are: ${known.join(', ')}.`);
  throw wrong(
    `There is no connector "${type}".${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} There are: ${known.join(', ')}.`,
  );
}

/** What a reference will hold is not known yet; every plain value must fit now. Throws `configInvalid`. */
export function checkSettings(
  context: Pick<OperationContext, 'redactor'>,
  definition: ConnectorDefinition<never>,
  settings: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value === 'string' && isSecretSetting(definition, [key]) && !isReference(value))
      context.redactor.add(value);
  }
  const { diagnostics } = checkSchema(definition.config, settings, locateNowhere('settings'));
  const relevant = diagnostics.filter((diagnostic) => !isReference(settings[String(diagnostic.path[0])]));
  if (relevant.length === 0) return;
  throw wrong(
    relevant
      .map((diagnostic) => `${formatPath(diagnostic.path)}: ${context.redactor.text(diagnostic.message)}`)
      .join('\n'),
  );
}

/**
 * The settings as they may stand in the project's file: plain secrets become encrypted secrets of the project and stand
 * there as `${secret:NAME}`. `secrets` names those that were kept.
 */
export async function keepSecrets(
  context: Pick<OperationContext, 'secrets'>,
  definition: ConnectorDefinition<never>,
  connection: string,
  settings: ConnectionSettings,
): Promise<{ readonly written: ConnectionSettings; readonly secrets: readonly string[] }> {
  const written: Record<string, SettingValue> = {};
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (!isSecretSetting(definition, [key]) || isReference(value)) {
      written[key] = value;
      continue;
    }
    const secret = `${connection}_${key}`.replaceAll('-', '_').toUpperCase();
    await context.secrets.write(secret, typeof value === 'string' ? value : JSON.stringify(value));
    secrets.push(secret);
    written[key] = `\${secret:${secret}}`;
  }
  return { written, secrets };
}

/** Settings that say where a connection leads, by the names that connectors give them. */
const PLACE_SETTINGS = ['host', 'port', 'socket', 'url', 'endpoint'] as const;

/**
 * The secrets that a connection has and that a form left out, because nobody can see them. Throws `configInvalid` when the
 * connection would lead elsewhere: what was given for one server must not be sent to another without being given again.
 */
export function keptSecrets(
  definition: ConnectorDefinition<never>,
  before: Readonly<Record<string, unknown>>,
  settings: ConnectionSettings,
): Readonly<Record<string, unknown>> {
  const kept = Object.entries(before).filter(
    ([key]) => isSecretSetting(definition, [key]) && settings[key] === undefined,
  );
  const moved = PLACE_SETTINGS.find((key) => before[key] !== settings[key]);
  if (kept.length > 0 && moved !== undefined)
    throw wrong(
      `Give ${kept.map(([key]) => key).join(' and ')} again, because ${moved} changes: what was given for one server is not sent to another.`,
    );
  return Object.fromEntries(kept);
}

/** A value that is given elsewhere: `${env:…}` or `${secret:…}`. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' && /\$\{(?:env|secret):[^}]*\}/.test(value);
}

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
