import { request as rawRequest } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROLES, isAllowed, operationTable } from '@millrace/control-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { inviteAndSignIn, setUpOwner } from './testing/browser-user.ts';
import type { BrowserUser } from './testing/browser-user.ts';
import { serveProject } from './testing/served-project.ts';
import type { ServedProject } from './testing/served-project.ts';

let served: ServedProject;
let owner: BrowserUser;
beforeAll(async () => {
  served = await serveProject();
  owner = await setUpOwner(served);
});
afterAll(() => served[Symbol.asyncDispose]());

/** What a stranger may reach: to sign in, to set a password by a link, to see the portal's files. A longer list needs a reason. */
const OPEN: ReadonlySet<string> = new Set([
  'GET /api/session',
  'POST /api/session',
  'DELETE /api/session',
  'POST /api/setup',
  'POST /api/setup/look',
  'GET /api/health',
  'GET /*',
]);

interface Answer {
  readonly status: number;
  readonly type: string;
}

/** The path as it is written: no client tidies it up. */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(served.server.url);
    const sent = rawRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        signal: AbortSignal.timeout(10_000),
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '' });
      },
    );
    sent.once('error', reject);
    sent.end(method.startsWith('P') ? '{}' : undefined);
  });
}

const guarded = (): readonly { readonly method: string; readonly path: string }[] =>
  served.server.routes
    .filter(({ method, path }) => !OPEN.has(`${method} ${path}`))
    .map(({ method, path }) => ({ method, path: path.replace(':id', 'some-id') }));

describe('without a caller', () => {
  it('there is a route for every operation that is not for local files', () => {
    const paths = new Set(served.server.routes.map(({ method, path }) => `${method} ${path}`));
    const operations = [...operationTable.values()].filter(({ isLocal }) => !isLocal);
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter(({ name }) => !paths.has(`POST /api/${name}`))).toEqual([]);
    expect([...OPEN].filter((route) => !paths.has(route))).toEqual([]);
  });

  it('no route answers, by whatever token, header or spelling', async () => {
    const strange = ['', 'Bearer', 'Bearer x', `Bearer ${'x'.repeat(43)}`, 'Basic b3duZXI6b3duZXI='];
    const reached: string[] = [];
    for (const { method, path } of guarded()) {
      const tries = [
        ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map(
          (other) => [other, path, {}] as const,
        ),
        ...strange.map((authorization) => [method, path, { authorization }] as const),
        ...[
          `${path}/session`,
          `${path}/configs`,
          `${path}?/api/health`,
          `${path};/api/health`,
          `${path}/`,
          `/api/health/..${path}`,
          `/api/session/%2e%2e${path.slice(4)}`,
          `/api/session/..;${path.slice(4)}`,
          `/${path}`,
          path.replace('/api/', '/api//'),
          path.replace('/api/', '/API/'),
          path.replace('/api/', '/%61pi/'),
          path.replace('/api/', '/api%2f'),
          path.toUpperCase(),
        ].map((spelled) => [method, spelled, {}] as const),
        ['GET', path, { 'x-http-method-override': method }] as const,
        ['POST', `${path}?_method=${method}`, { 'x-method-override': method }] as const,
        [method, path, { cookie: 'millrace=x; __Host-millrace=x', 'x-forwarded-user': 'owner' }] as const,
        [method, path, { 'x-original-url': '/api/health', 'x-rewrite-url': '/api/health' }] as const,
      ];
      for (const [verb, target, headers] of tries) {
        const { status, type } = await send(verb, target, headers);
        // Where the path is none of the API's, the portal's page comes, which everybody may see.
        const isPage = status === 200 && type.startsWith('text/html') && !target.startsWith('/api/');
        if (![401, 404, 429].includes(status) && !isPage)
          reached.push(`${verb} ${target} ${JSON.stringify(headers)} -> ${status}`);
      }
    }
    expect(reached).toEqual([]);
  });
});

describe('with a role', () => {
  it('every route is open or closed as the table of permissions says', async () => {
    const unexpected: string[] = [];
    for (const role of ROLES) {
      const { user } = await inviteAndSignIn(served, owner, role);
      for (const operation of operationTable.values()) {
        if (operation.isLocal || operation.name === 'identity/change-password') continue;
        const { status } = await user.post(`/api/${operation.name}`, {});
        const isDenied = status === 403;
        if (isDenied === isAllowed(role, operation.permission) || status === 401)
          unexpected.push(`${role} ${operation.name} -> ${status}`);
      }
    }
    expect(unexpected).toEqual([]);
  });

  it('a viewer can change nothing but the own account', () => {
    const writing = [...operationTable.values()].filter(
      ({ permission }) => isAllowed('viewer', permission) && !permission.endsWith('.read'),
    );
    expect(writing.filter(({ name }) => !name.startsWith('identity/'))).toEqual([]);
  });

  it('nobody below an engineer sees rows of sources by a document that they write themselves', () => {
    const drafts = [...operationTable.values()].filter(({ input }) => takesDocument(input));
    expect(drafts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pipelines/preview-draft', 'pipelines/plan-draft', 'pipelines/save-pipeline']),
    );
    const open = drafts.filter(({ permission }) => isAllowed('analyst', permission));
    // Compiling reads no row.
    expect(open.map(({ name }) => name).toSorted()).toEqual([
      'pipelines/compile-draft',
      'pipelines/plan-draft',
    ]);
  });

  it('fields that are not asked for are refused', async () => {
    const { userId } = await inviteAndSignIn(served, owner, 'viewer');
    for (const extra of [
      { isAdmin: true },
      { createdBy: 'x' },
      { ownerId: 'x' },
      JSON.parse('{"__proto__":{"x":1}}'),
    ]) {
      const answer = await owner.post('/api/identity/change-role', { userId, role: 'viewer', ...extra });
      expect([200, 400]).toContain(answer.status);
    }
    const named = await owner.post('/api/identity/change-role', { userId, role: 'viewer', isAdmin: true });
    expect(named.status).toBe(400);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('a page of another site', () => {
  it('changes nothing in the name of who is signed in', async () => {
    const before = await (await owner.post('/api/identity/list-users')).text();
    const body = { email: 'planted@example.org', role: 'owner' };
    const invite = '/api/identity/invite-user';
    const tries = [
      await owner.send('POST', invite, body, { origin: 'https://evil.example' }),
      await owner.send('POST', invite, body, { origin: 'null' }),
      await owner.send('POST', invite, body, { origin: served.server.url.replace('127.0.0.1', 'localhost') }),
      await owner.send('POST', invite, body, { 'sec-fetch-site': 'cross-site' }),
      await owner.send('POST', invite, body, { 'sec-fetch-site': 'same-site' }),
      await owner.send('POST', invite, body, { 'content-type': 'text/plain' }),
      await owner.send('POST', invite, body, { 'content-type': 'application/x-www-form-urlencoded' }),
      await owner.send('POST', invite, body, { 'content-type': 'multipart/form-data; boundary=x' }),
      await owner.send('GET', `${invite}?email=planted@example.org&role=owner`),
      await owner.send('DELETE', '/api/session', undefined, { origin: 'https://evil.example' }),
    ];
    expect(tries.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 415, 415, 415, 404, 403]);
    expect(tries.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual(
      tries.map(() => null),
    );
    expect(await (await owner.post('/api/identity/list-users')).text()).toBe(before);
  });
});

describe('secrets', () => {
  it('appear in no response, event or page, in whatever form', async () => {
    const canaries = [
      'canary-in-the-file-9d1',
      "canary 100% of 'quotes' 7c2",
      'canary-in-the-store-3b8',
      'mlr_canary-token',
    ] as const;
    writeFileSync(
      join(served.folder, 'millrace.yaml'),
      `version: 1
name: served
connections:
  plain: { type: mysql, host: 127.0.0.1, port: 1, user: reader, password: ${canaries[0]}, database: shop }
  stored: { type: postgres, host: 127.0.0.1, port: 1, user: reader, password: '\${secret:STORED}', database: shop }
`,
    );
    writeFileSync(
      join(served.folder, 'pipelines', 'all.yaml'),
      'version: 1\nname: all\nsteps:\n  a: { source: { connection: plain, table: orders } }\n',
    );
    const said: string[] = [];
    const keep = async (response: Response): Promise<void> => {
      said.push(JSON.stringify([...response.headers]), await response.text());
    };
    await keep(await owner.post('/api/secrets/set-secret', { name: 'STORED', value: canaries[2] }));
    await keep(await owner.post('/api/secrets/set-secret', { name: 'not a name', value: canaries[1] }));
    await keep(
      await owner.post('/api/connections/add-connection', {
        name: 'added',
        type: 'mysql',
        settings: { host: 'x', user: 'u', database: 'd', password: canaries[1] },
      }),
    );
    await keep(
      await owner.post('/api/connections/add-connection', {
        name: 'wrong',
        type: 'mysql',
        settings: { host: 'x', port: canaries[1], password: canaries[1] },
      }),
    );
    await keep(
      await new Promise<Response>((resolve) =>
        resolve(
          served.request(`/api/runs/list-runs?x=1`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${canaries[3]}` },
            body: '{}',
          }),
        ),
      ),
    );
    const inputs = [
      {},
      { pipeline: 'all' },
      { connection: 'plain' },
      { connection: 'stored' },
      { name: 'STORED' },
    ];
    for (const { name, isLocal } of operationTable.values()) {
      if (isLocal || name === 'secrets/remove-secret') continue;
      for (const input of inputs) await keep(await owner.post(`/api/${name}`, input));
    }
    await keep(await owner.post('/api/audit/list-entries', { limit: 1000 }));
    await keep(await owner.send('GET', '/api/session'));
    const text = said.join('\n');
    expect(text.length).toBeGreaterThan(10_000);
    const leaked = canaries.flatMap((canary) => formsOf(canary).filter((form) => text.includes(form)));
    expect(leaked).toEqual([]);
    expect(text).not.toContain(owner.cookie?.split('=')[1]);
    expect(text).not.toContain(served.server.token);
  });
});

/** Whether an operation is given the text of a document. */
function takesDocument(input: z.ZodType): boolean {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return 'text' in properties || 'draft' in properties;
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
  ];
}
