import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { pipelineJsonSchema, projectJsonSchema } from './json-schema.ts';
import { parseProject } from './parse-project.ts';

function problems(text: string): readonly string[] {
  return parseProject(text).diagnostics.map(
    ({ range, code }) => `${range.start.line}:${range.start.column} ${code}`,
  );
}

const PROJECT = `version: 1
name: shop
connections:
  shop: { type: system, host: '\${env:SHOP_HOST}', port: 3306, password: "\${secret:SHOP_PASSWORD}" }
  warehouse: { type: other, path: 'a$\${b}' }
environments:
  production: { connections: { warehouse: { path: big } } }
defaults: { environment: production, warehouse: warehouse }
retention: { packages: 3 }
limits: { parallelTables: 4, memory: 512MiB }
`;

describe('parseProject', () => {
  it('reads a project and leaves references as they are', () => {
    const { document, diagnostics } = parseProject(PROJECT);
    expect(diagnostics).toEqual([]);
    expect(document?.connections?.['shop']).toEqual({
      type: 'system',
      host: '${env:SHOP_HOST}',
      port: 3306,
      password: '${secret:SHOP_PASSWORD}',
    });
  });

  it('places everything that is wrong', () => {
    expect(
      problems(`version: 1
nme: shop
connections:
  a b: { type: x }
  c: { host: h }
  d: nothing
limits: { memory: 12 parsecs, parallelTables: 0 }
`),
    ).toEqual(['2:1 keyUnknown', '5:3 keyMissing', '6:6 typeWrong', '7:19 sizeInvalid', '7:47 valueInvalid']);
    expect(
      problems(`version: 1
name: shop
connections:
  a b: { type: x }
  c: { type: x, host: "\${vault:x}", user: "\${env:}", open: "\${env:A" }
environments:
  test: { connections: { d: {} } }
defaults: { environment: tset, warehouse: e }
`),
    ).toEqual([
      '4:3 nameInvalid',
      '5:23 referenceInvalid',
      '5:43 referenceInvalid',
      '5:60 referenceInvalid',
      '7:26 connectionUnknown',
      '8:26 environmentUnknown',
      '8:43 connectionUnknown',
    ]);
  });
});

/** Keys of a JSON Schema that have no description, by path. */
function undescribed(schema: unknown, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = new Map(Object.entries(schema));
  const properties = Object.entries(Object(node.get('properties') ?? {}));
  const missing = properties.flatMap(([key, property]) =>
    Object.hasOwn(Object(property), 'description') || Object.hasOwn(Object(property), '$ref')
      ? []
      : [`${path}.${key}`],
  );
  return [...missing, ...[...node].flatMap(([key, child]) => undescribed(child, `${path}.${key}`))];
}

it('says that references inside of braces need quotes', () => {
  const { diagnostics } = parseProject(
    'version: 1\nname: x\nconnections:\n  a: { type: x, host: ${env:HOST}, port: 1 }\n',
  );
  expect(diagnostics.map(({ range, code }) => `${range.start.line}:${range.start.column} ${code}`)).toEqual([
    '4:23 referenceUnquoted',
  ]);
});

/** Keys of a JSON Schema with neither examples nor a closed choice of values, by path. */
function unexplained(schema: unknown, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = new Map(Object.entries(schema));
  const missing = Object.entries(Object(node.get('properties') ?? {})).flatMap(([key, property]) =>
    ['examples', 'const', 'enum'].some(
      (word) =>
        Object.hasOwn(Object(property), word) || Object.hasOwn(Object(Object(property).anyOf?.[0]), word),
    )
      ? []
      : [`${path}.${key}`],
  );
  return [...missing, ...[...node].flatMap(([key, child]) => unexplained(child, `${path}.${key}`))];
}

describe('JSON Schemas', () => {
  it('describe every key', () => {
    expect(undescribed(pipelineJsonSchema())).toEqual([]);
    expect(undescribed(projectJsonSchema({}))).toEqual([]);
  });

  it('give an example of every key, or a closed choice', () => {
    expect(unexplained(pipelineJsonSchema())).toEqual([]);
    expect(unexplained(projectJsonSchema({}))).toEqual([]);
  });

  it('take a parameter where anything but text is asked for', () => {
    const { properties, $defs } = JSON.parse(JSON.stringify(pipelineJsonSchema()));
    expect($defs.parameter).toMatchObject({ type: 'string', pattern: '\\$\\{param:[^}]+\\}' });
    const steps: { properties: Record<string, { properties: Record<string, unknown> }> }[] =
      properties.steps.additionalProperties.anyOf;
    const settings = (verb: string) => steps.find((step) => step.properties[verb])?.properties[verb];
    expect(settings('limit')?.properties['rows']).toMatchObject({
      description: expect.any(String),
      anyOf: [{ type: 'integer' }, { $ref: '#/$defs/parameter' }],
    });
    expect(settings('filter')?.properties['where']).toMatchObject({ type: 'string', sql: true });
    expect(properties.version).toMatchObject({ const: 1 });
  });

  it('offer the settings of each connector, and references in place of any value', () => {
    const config = z.strictObject({
      host: z.string().describe('The host.'),
      port: z
        .int()
        .min(1)
        .default(5)
        .describe('The port.')
        .meta({ examples: [5] }),
    });
    const schema = JSON.parse(JSON.stringify(projectJsonSchema({ system: config })));
    const [system] = schema.properties.connections.additionalProperties.oneOf;
    expect(system).toMatchObject({
      type: 'object',
      required: ['type', 'host'],
      additionalProperties: false,
      properties: {
        type: { const: 'system' },
        host: { type: 'string', description: 'The host.' },
        port: {
          description: 'The port.',
          examples: [5],
          anyOf: [{ type: 'integer', minimum: 1 }, { type: 'string' }],
        },
      },
    });
  });
});
