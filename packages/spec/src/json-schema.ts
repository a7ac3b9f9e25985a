import { z } from 'zod';

import { pipelineSchema } from './document/pipeline-document.ts';
import { projectSchema } from './document/project-document.ts';
import { templateSchema } from './document/template-document.ts';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON Schema of pipeline files, with descriptions and examples, for editors and `millrace schema`. */
export function pipelineJsonSchema(): JsonSchema {
  return z.toJSONSchema(pipelineSchema, { io: 'input' });
}

/** The JSON Schema of template files. */
export function templateJsonSchema(): JsonSchema {
  return z.toJSONSchema(templateSchema, { io: 'input' });
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
    const { description, title, examples, ...rest } = property;
    const words = {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(examples === undefined ? {} : { examples }),
    };
    return [
      key,
      property.type === 'string' && property.enum === undefined && property.pattern === undefined
        ? property
        : { ...words, anyOf: [rest, REFERENCE] },
    ] as const;
  });
  return {
    ...config,
    type: 'object',
    properties: { type: { const: type, description: 'The connector.' }, ...Object.fromEntries(properties) },
    required: ['type', ...(config.required ?? [])],
  };
}
