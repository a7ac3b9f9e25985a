import { PERMISSIONS, operationTable } from '@millrace/control-plane';
import type { Operation } from '@millrace/control-plane';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

const ERRORS: Readonly<Record<string, string>> = {
  '400': 'The input or a document is wrong; nothing was done.',
  '401': 'Nobody is signed in, or the token is not valid.',
  '403': 'The caller may not do this.',
  '409': 'A run or another process stands in the way.',
  '429': 'Too many attempts; see retry-after.',
  '500': 'It was tried and failed.',
};

/** OpenAPI 3.1 of every operation that a server offers, made from their schemas. */
export function openApiDocument(): Json {
  const offered = [...operationTable.values()].filter(({ isLocal }) => !isLocal);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version: '1',
      description:
        'Every operation is POST /api/<area>/<verb>-<noun> with JSON in and out. With the header accept: text/event-stream the answer is a stream: call, run events, then result or error. GET /api/live streams what changes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:4600' }],
    security: [{ token: [] }],
    tags: [...new Set(offered.map(areaOf))].toSorted().map((name) => ({ name })),
    paths: Object.fromEntries(
      offered
        .toSorted((left, right) => (left.name < right.name ? -1 : 1))
        .map((operation) => [`/api/${operation.name}`, { post: describe(operation) }]),
    ),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token, as the portal makes them in Settings, Tokens.',
        },
      },
      responses: Object.fromEntries(
        Object.entries(ERRORS).map(([status, description]) => [
          `Error${status}`,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
          },
        ]),
      ),
      schemas: { Failure: FAILURE },
    },
  };
}

const FAILURE = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'A stable word for programs.' },
        message: { type: 'string', description: 'The thing, the reason, the next step.' },
        blame: { enum: ['config', 'source', 'destination', 'platform'] },
        retry: { description: 'never, backoff, or { afterMs }' },
        diagnostics: {
          type: 'array',
          items: {},
          description: 'For wrong documents: every reason with its place.',
        },
      },
    },
  },
};

function describe(operation: Operation): Json {
  const [, words = ''] = operation.name.split('/');
  return {
    operationId: words.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    tags: [areaOf(operation)],
    summary: operation.summary,
    description: `Needs the permission ${operation.permission}, which roles from ${PERMISSIONS[operation.permission].from} on have.`,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(operation.input, 'input') } },
    },
    responses: {
      '200': {
        description: 'Done.',
        content: { 'application/json': { schema: schemaOf(operation.output, 'output') } },
      },
      ...Object.fromEntries(
        Object.keys(ERRORS).map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
      ),
    },
  };
}

/** Types that only TypeScript knows (plans, say) are any value here. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}

function areaOf({ name }: Operation): string {
  return name.split('/')[0] ?? '';
}
