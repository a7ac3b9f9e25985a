import { operationTable } from '@millrace/control-plane';
import { expect, it } from 'vitest';

import { openApiDocument } from './openapi-document.ts';

it('has every operation that a server offers, once, with what comes in and out', () => {
  const { paths } = openApiDocument() as {
    readonly paths: Readonly<
      Record<string, { readonly post: { readonly operationId: string; readonly requestBody: unknown } }>
    >;
  };
  const offered = [...operationTable.values()].filter(({ isLocal }) => !isLocal);
  expect(Object.keys(paths)).toEqual(offered.map(({ name }) => `/api/${name}`).toSorted());
  const ids = Object.values(paths).map(({ post }) => post.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(paths['/api/runs/list-runs']?.post).toMatchObject({
    operationId: 'listRuns',
    requestBody: {
      content: { 'application/json': { schema: { type: 'object', additionalProperties: false } } },
    },
    responses: { '200': {}, '403': { $ref: '#/components/responses/Error403' } },
  });
});
