import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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

function post(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return served.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: owner.cookie ?? '' },
    body,
  });
}

/** What the server says to bytes that no client would send; it closes the connection. */
function sendRaw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(served.server.url).port), '127.0.0.1', () => socket.write(text));
    let said = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    socket.once('close', () => resolve(said));
    // A server that hangs up while it is still being written to resets the connection.
    socket.on('error', () => undefined);
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

describe('a request that means harm', () => {
  it.each([
    ['a hundred thousand brackets', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['nested in a field', `{"limit":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['a prototype', '{"__proto__":{"isAdmin":true},"limit":1}'],
    ['a constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ['a number out of range', '{"limit":1e400}'],
    ['a number as text', '{"limit":"5"}'],
    ['a list in place of an object', '[{"limit":5}]'],
    ['null', 'null'],
    ['nothing', ''],
  ])('%s is refused, and the server goes on', async (_, body) => {
    const startedAt = performance.now();
    const answer = await post('/api/runs/list-runs', body);
    expect([answer.status, performance.now() - startedAt < 5_000]).toEqual([400, true]);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    expect((await post('/api/runs/list-runs', '{}')).status).toBe(200);
  });

  it('of bytes that are no text is refused', async () => {
    const answer = await post('/api/runs/show-run', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
    expect(answer.status).toBe(400);
  });

  it.each([
    [
      'two lengths',
      'POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}',
    ],
    [
      'a length and chunks',
      'POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'chunks without an end',
      `POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${'5\r\nxxxxx\r\n'.repeat(1000)}`,
    ],
    ['no host', 'GET /api/health HTTP/1.1\r\n\r\n'],
    ['a header of a megabyte', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`],
    ['a line break in a header', 'GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\n\rb\r\n\r\n'],
  ])('with %s gets no answer but a refusal', async (_, text) => {
    expect(await sendRaw(text)).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/);
    expect((await served.request('/api/health')).status).toBe(200);
  });

  it('in a name comes back as the text that it is, and as one entry of the log', async () => {
    const name = '<script>alert(1)</script>\u001b[31m\r\nSet-Cookie: x=1';
    const answer = await owner.post('/api/secrets/set-secret', { name, value: 'x'.repeat(20) });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.getSetCookie()).toEqual([]);
    const { entries } = (await (
      await owner.post('/api/audit/list-entries', { action: 'secrets/', limit: 1 })
    ).json()) as { entries: { target: string }[] };
    expect(entries).toHaveLength(1);
    expect(entries[0]?.target).not.toMatch(/[\r\n\u001b]/);
  });
});

describe('many people at once', () => {
  it('each are who they are in every answer', async () => {
    const people = await Promise.all(
      ['viewer', 'analyst', 'engineer', 'owner', 'viewer', 'engineer'].map((role) =>
        inviteAndSignIn(served, owner, role).then((person) => ({ ...person, role })),
      ),
    );
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const person = people[index % people.length];
        if (!person) throw new Error('There is nobody.');
        const { caller } = (await (await person.user.send('GET', '/api/session')).json()) as {
          caller: { name: string; role: string };
        };
        const listed = await person.user.post('/api/identity/list-users');
        const mayList = person.role === 'owner' ? 200 : 403;
        return caller.name === person.email && caller.role === person.role && listed.status === mayList;
      }),
    );
    expect(answers.filter((isRight) => !isRight)).toHaveLength(0);
  });
});
