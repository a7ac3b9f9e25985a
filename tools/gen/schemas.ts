import type { ConnectorDefinition } from '@millrace/connector-sdk';
import { openApiDocument } from '@millrace/server';
import { pipelineJsonSchema, projectJsonSchema, templateJsonSchema } from '@millrace/spec';

/** The JSON Schemas that editors and `millrace schema` use, and the description of the API. */
export function projectSchemas(
  definitions: readonly ConnectorDefinition<never>[],
): { path: string; content: string }[] {
  const configs = Object.fromEntries(definitions.map((definition) => [definition.name, definition.config]));
  return [
    { path: 'schema/pipeline.schema.json', content: toText(pipelineJsonSchema()) },
    { path: 'schema/project.schema.json', content: toText(projectJsonSchema(configs)) },
    { path: 'schema/template.schema.json', content: toText(templateJsonSchema()) },
    { path: 'schema/openapi.json', content: toText(openApiDocument()) },
  ];
}

function toText(schema: object): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
