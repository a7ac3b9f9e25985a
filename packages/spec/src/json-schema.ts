import { z } from 'zod';

import { pipelineSchema } from './document/pipeline-document.ts';
import { projectSchema } from './document/project-document.ts';
import { VERBS, type VerbName } from './document/step.ts';
import { templateSchema } from './document/template-document.ts';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON Schema of pipeline files, with descriptions and examples, for editors and `millrace schema`. */
export function pipelineJsonSchema(): JsonSchema {
  return withParameters(z.toJSONSchema(pipelineSchema, { io: 'input' }));
}

/** The JSON Schema of a step with this verb, with what may stand beside the verb; for forms. */
export function stepJsonSchema(name: VerbName): JsonSchema {
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb === undefined) throw new TypeError(`There is no verb ${name}.`);
  return z.toJSONSchema(verb.schema, { io: 'input', unrepresentable: 'any' });
}

/** The JSON Schema of template files. */
export function templateJsonSchema(): JsonSchema {
  return withParameters(z.toJSONSchema(templateSchema, { io: 'input' }));
}

/**
 * The JSON Schema of `millrace.yaml`. `connectorConfigSchemas` holds the config schema of each connector by name; each
 * value of a connection may be a reference (`${env:NAME}`) whatever its type.
 */
export function projectJsonSchema(connectorConfigSchemas: Readonly<Record<string, z.ZodType>>): JsonSchema {
  const project = z.toJSONSchema(projectSchema, { io: 'input' });
  const alternatives = Object.entries(connectorConfigSchemas).map(([type, schema]) =>
    connectionJsonSchema(type, schema),
  );
  if (alternatives.length === 0) return project;
  const properties = project.properties ?? {};
  const connections = typeof properties['connections'] === 'object' ? properties['connections'] : {};
  return {
    ...project,
    properties: {
      ...properties,
      connections: { ...connections, additionalProperties: { oneOf: alternatives } },
    },
  };
}

const REFERENCE: JsonSchema = {
  type: 'string',
  pattern: '\\$\\{(env|secret):[^}]+\\}',
  description: 'A reference: ${env:NAME} or ${secret:NAME}.',
};

function connectionJsonSchema(type: string, schema: z.ZodType): JsonSchema {
  const { $schema: _, ...config } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const properties = Object.entries(config.properties ?? {}).map(([key, property]) => {
    if (typeof property === 'boolean') return [key, property] as const;
    return [
      key,
      property.type === 'string' && property.enum === undefined && property.pattern === undefined
        ? property
        : orReference(property, REFERENCE),
    ] as const;
  });
  return {
    ...config,
    type: 'object',
    properties: { type: { const: type, description: 'The connector.' }, ...Object.fromEntries(properties) },
    required: ['type', ...(config.required ?? [])],
  };
}

/** The schema or a reference, with the words of the schema about both. */
function orReference(
  { description, title, examples, ...rest }: JsonSchema,
  reference: JsonSchema,
): JsonSchema {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
    anyOf: [rest, reference],
  };
}

const PARAMETER: JsonSchema = {
  type: 'string',
  pattern: '\\$\\{param:[^}]+\\}',
  description: 'A parameter: ${param:NAME}.',
};

/** Steps and tests in which a parameter can stand where anything but text is asked for. */
function withParameters(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => [
    key,
    key === 'steps' || key === 'tests' ? orParameter(property) : property,
  ]);
  const definitions = Object.entries(schema.$defs ?? {}).map(([key, each]) => [key, orParameter(each)]);
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    $defs: { ...Object.fromEntries(definitions), parameter: PARAMETER },
  };
}

function orParameter<Schema extends JsonSchema | boolean>(schema: Schema): Schema | JsonSchema {
  if (typeof schema === 'boolean') return schema;
  const { properties, additionalProperties, items, anyOf } = schema;
  const inner: JsonSchema = {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, property]) => [key, orParameter(property)]),
      ),
    }),
    ...(additionalProperties && { additionalProperties: orParameter(additionalProperties) }),
    ...(items && !Array.isArray(items) && { items: orParameter(items) }),
    ...(anyOf && { anyOf: anyOf.map((each) => orParameter(each)) }),
  };
  const isText = schema.type === 'string' && schema.enum === undefined;
  const isPlain = ['string', 'integer', 'number', 'boolean'].includes(String(schema.type));
  return isPlain && !isText ? orReference(inner, { $ref: '#/$defs/parameter' }) : inner;
}
