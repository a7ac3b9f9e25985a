import type { ConnectorDefinition } from '@millrace/connector-sdk';
import { pipelineJsonSchema, projectJsonSchema, templateJsonSchema } from '@millrace/spec';

/** The JSON Schemas that editors and `millrace schema` use. */
export function projectSchemas(
  definitions: readonly ConnectorDefinition<never>[],
): { path: string; content: string }[] {
  const configs = Object.fromEntries(definitions.map((definition) => [definition.name, definition.config]));
  return [
    { path: 'schema/pipeline.schema.json', content: toText(pipelineJsonSchema()) },
    { path: 'schema/project.schema.json', content: toText(projectJsonSchema(configs)) },
    { path: 'schema/template.schema.json', content: toText(templateJsonSchema()) },
  ];
}

function toText(schema: object): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
