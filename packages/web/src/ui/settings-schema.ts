import { uiWords } from '../words/ui.ts';
import type { SelectOption } from './select-field.tsx';

export type SettingValue = string | number | boolean;

/** What the portal reads of the JSON Schema of one setting. */
export interface SettingSchema {
  readonly type?: string | readonly string[] | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly examples?: readonly unknown[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly anyOf?: readonly (SettingSchema | boolean)[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly secret?: boolean | undefined;
  readonly advanced?: boolean | undefined;
}

/** The JSON Schema of a flat map of settings. */
export interface SettingsSchema {
  readonly properties?: Readonly<Record<string, SettingSchema | boolean>> | undefined;
  readonly required?: readonly string[] | undefined;
}

/** `connectTimeoutMs` as `Connect timeout ms`, when the schema gives no title. */
export function labelOf(key: string, setting: SettingSchema): string {
  if (setting.title !== undefined) return setting.title;
  const words = key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The settings that a form can hold, in the order of the schema; lists and maps are left to the file. */
export function settingsOf(schema: SettingsSchema): readonly (readonly [string, SettingSchema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, setting]) =>
    typeof setting === 'boolean' || !isPlain(setting) ? [] : [[key, setting] as const],
  );
}

function isPlain(setting: SettingSchema): boolean {
  const types = typesOf(setting);
  return types.length > 0 ? !types.every((type) => type === 'object' || type === 'array') : true;
}

function typesOf(setting: SettingSchema): readonly string[] {
  return [setting, ...alternativesOf(setting)].flatMap(({ type }) => type ?? []);
}

function alternativesOf({ anyOf }: SettingSchema): readonly SettingSchema[] {
  return (anyOf ?? []).filter((each) => typeof each !== 'boolean');
}

export function typeOf(setting: SettingSchema): 'text' | 'number' | 'boolean' {
  const types = typesOf(setting);
  if (types.includes('string')) return 'text';
  if (types.includes('boolean')) return 'boolean';
  return types.includes('integer') || types.includes('number') ? 'number' : 'text';
}

/** The values to choose from; undefined for settings that are written freely. */
export function optionsOf(setting: SettingSchema): readonly SelectOption[] | undefined {
  const values = setting.enum ?? constantsOf(setting);
  return values?.filter((value) => typeof value === 'string').map((value) => ({ value, label: value }));
}

function constantsOf(setting: SettingSchema): readonly unknown[] | undefined {
  const alternatives = alternativesOf(setting);
  return alternatives.length > 0 && alternatives.every((each) => each.const !== undefined)
    ? alternatives.map((each) => each.const)
    : undefined;
}

/** Names the required settings that are missing, by key. */
export function missingSettings(
  schema: SettingsSchema,
  values: Readonly<Record<string, SettingValue>>,
  keptSecrets: readonly string[] = [],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settingsOf(schema)
      .filter(
        ([key]) =>
          schema.required?.includes(key) === true && values[key] === undefined && !keptSecrets.includes(key),
      )
      .map(([key, setting]) => [key, uiWords('isRequired', { label: labelOf(key, setting) })]),
  );
}
