import type { ConnectorDefinition } from '@millrace/connector-sdk';
import type { DocumentPath } from '@millrace/spec';
import { z } from 'zod';

/** One setting of a connector, as forms and prompts need it. */
export interface ConnectorSetting {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
  readonly isAdvanced: boolean;
  readonly examples: readonly unknown[];
  /** `string`, `number`, `boolean`, …; undefined for what has no single type. */
  readonly type: string | undefined;
  readonly default: unknown;
}

/** The top-level settings of a connector in the order of its schema. */
export function listSettings(definition: ConnectorDefinition<never>): readonly ConnectorSetting[] {
  const schema = settingsSchemaOf(definition);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const field = typeof property === 'boolean' ? {} : property;
    return {
      name,
      title: field.title ?? name,
      description: field.description ?? '',
      isRequired: required.has(name),
      isSecret: field['secret'] === true,
      isAdvanced: field['advanced'] === true,
      examples: Array.isArray(field.examples) ? field.examples : [],
      type: typeof field.type === 'string' ? field.type : undefined,
      default: field.default,
    };
  });
}

/** True when the schema marks the setting at the path, or one it stands in, as secret. */
export function isSecretSetting(definition: ConnectorDefinition<never>, path: DocumentPath): boolean {
  return isSecretAt(settingsSchemaOf(definition), path);
}

export type JsonSchema = z.core.JSONSchema.JSONSchema;

function isSecretAt(schema: JsonSchema | boolean | undefined, path: DocumentPath): boolean {
  if (schema === undefined || typeof schema === 'boolean') return false;
  if (schema['secret'] === true) return true;
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (alternatives.some((alternative) => isSecretAt(alternative, path))) return true;
  const [step, ...rest] = path;
  if (step === undefined) return false;
  if (typeof step === 'number') return !Array.isArray(schema.items) && isSecretAt(schema.items, rest);
  return isSecretAt(schema.properties?.[step], rest);
}

const schemas = new WeakMap<object, JsonSchema>();

/** The JSON Schema of the settings as they are written; `secret` and `advanced` mark fields. */
export function settingsSchemaOf(definition: ConnectorDefinition<never>): JsonSchema {
  const known = schemas.get(definition);
  if (known) return known;
  const schema = z.toJSONSchema(definition.config, { io: 'input', unrepresentable: 'any' });
  schemas.set(definition, schema);
  return schema;
}
