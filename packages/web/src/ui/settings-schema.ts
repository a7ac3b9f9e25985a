import type { SettingValue } from '@millrace/control-plane';

import { uiWords } from '../words/ui.ts';
import type { SelectOption } from './select-field.tsx';

export type { SettingValue };

/** Values of settings by their keys; those that are left out have their defaults. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

export function isSettingValue(value: unknown): value is SettingValue {
  if (typeof value !== 'object') return ['string', 'number', 'boolean'].includes(typeof value);
  return value === null || Object.values(value).every(isSettingValue);
}

/** What the portal reads of the JSON Schema of one setting. */
export interface SettingSchema extends SettingsSchema {
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
  /** Of the items of a list. */
  readonly items?: SettingSchema | boolean | readonly (SettingSchema | boolean)[] | undefined;
  /** Of the values of a map. */
  readonly additionalProperties?: SettingSchema | boolean | undefined;
}

/** The JSON Schema of settings with names of their own. */
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

/** The settings in the order of the schema. */
export function settingsOf(schema: SettingsSchema): readonly (readonly [string, SettingSchema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, setting]) =>
    typeof setting === 'boolean' ? [] : [[key, setting] as const],
  );
}

function typesOf(setting: SettingSchema): readonly string[] {
  return [setting, ...alternativesOf(setting)].flatMap(({ type }) => type ?? []);
}

function alternativesOf({ anyOf }: SettingSchema): readonly SettingSchema[] {
  return (anyOf ?? []).filter((each) => typeof each !== 'boolean');
}

/** What a form draws for a setting. */
export type SettingForm =
  | { readonly kind: 'text' | 'number' | 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly SelectOption[] }
  | { readonly kind: 'list' | 'map'; readonly item: SettingSchema }
  | { readonly kind: 'group'; readonly schema: SettingsSchema };

export function formOf(setting: SettingSchema): SettingForm {
  const options = optionsOf(setting);
  if (options !== undefined) return { kind: 'choice', options };
  const types = typesOf(setting);
  if (types.includes('string')) return { kind: 'text' };
  if (types.includes('boolean')) return { kind: 'boolean' };
  if (types.includes('integer') || types.includes('number')) return { kind: 'number' };
  const { items, additionalProperties, properties } = setting;
  if (types.includes('array')) return { kind: 'list', item: single(items) };
  if (properties !== undefined) return { kind: 'group', schema: setting };
  return types.includes('object') ? { kind: 'map', item: single(additionalProperties) } : { kind: 'text' };
}

function single(schema: SettingSchema['items']): SettingSchema {
  return typeof schema === 'object' && !('length' in schema) ? schema : {};
}

/** Whether it can be said that there is none, which is not the same as leaving it out. */
export function isNullable(setting: SettingSchema): boolean {
  return typesOf(setting).includes('null');
}

/** The values to choose from; undefined for settings that are written freely. */
function optionsOf(setting: SettingSchema): readonly SelectOption[] | undefined {
  const values = setting.enum ?? constantsOf(setting);
  return values?.filter((value) => typeof value === 'string').map((value) => ({ value, label: value }));
}

function constantsOf(setting: SettingSchema): readonly unknown[] | undefined {
  const alternatives = alternativesOf(setting);
  return alternatives.length > 0 && alternatives.every((each) => each.const !== undefined)
    ? alternatives.map((each) => each.const)
    : undefined;
}

/** What an item that was just added to a list or a map begins with. */
export function emptyOf(setting: SettingSchema): SettingValue {
  switch (formOf(setting).kind) {
    case 'list':
      return [];
    case 'map':
    case 'group':
      return {};
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'choice':
    case 'text':
      return '';
  }
}

/** Names the required settings that are missing, by key. */
export function missingSettings(
  schema: SettingsSchema,
  values: SettingValues,
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
