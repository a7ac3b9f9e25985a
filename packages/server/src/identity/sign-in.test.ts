import { readFileSync } from 'node:fs';
import { Agent, request as rawRequest } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BrowserUser, OWNER, inviteAndSignIn, setUpOwner } from '../testing/browser-user.ts';
import { serveProject } from '../testing/served-project.ts';
import type { ServedProject } from '../testing/served-project.ts';

let served: ServedProject;
let owner: BrowserUser;
beforeAll(async () => {
  served = await serveProject();
  owner = await setUpOwner(served);
});
afterAll(() => served[Symbol.asyncDispose]());

const isLetIn = async (user: BrowserUser): Promise<boolean> =>
  (await user.post('/api/runs/list-runs')).status === 200;

describe('the first administrator', () => {
  it('is one, of any number of set-ups at the same time, and the link is dead afterwards', async () => {
    await using fresh = await serveProject();
    const token = fresh.server.setupUrl?.split('#')[1];
    const look = await fresh.request('/api/setup/look', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(await look.json()).toEqual({ kind: 'administrator' });
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        new BrowserUser(fresh).post('/api/setup', { ...OWNER, token, email: `owner-${index}@example.org` }),
      ),
    );
    expect(tries.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      200, 400, 400, 400, 400, 400, 400, 400,
    ]);
    const users = await (await fresh.call('identity/list-users')).json();
    expect(users).toMatchObject({ users: [{ role: 'owner', hasPassword: true }] });
    const later = await new BrowserUser(fresh).post('/api/setup', { ...OWNER, token });
    expect([later.status, await later.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('used already') } },
    ]);
  });

  it('is made by a link that dies after half an hour, and by no other', async () => {
    await using fresh = await serveProject();
    const token = fresh.server.setupUrl?.split('#')[1];
    const database = new DatabaseSync(join(fresh.folder, '.millrace', 'state.db'));
    const [row] = database.prepare('SELECT expires_at FROM invitations').all();
    expect(Number(row?.['expires_at']) - Date.now()).toBeGreaterThan(29 * 60_000);
    expect(Number(row?.['expires_at']) - Date.now()).toBeLessThanOrEqual(30 * 60_000);
    database.exec(`UPDATE invitations SET expires_at = ${Date.now() - 1}`);
    database.close();
    const user = new BrowserUser(fresh);
    expect((await user.post('/api/setup', { ...OWNER, token })).status).toBe(400);
    expect((await user.post('/api/setup', { ...OWNER, token: 'made-up' })).status).toBe(400);
    expect(await (await fresh.call('identity/list-users')).json()).toEqual({ users: [] });
  });

  it('needs a long password, and its link is not in the store', async () => {
    await using fresh = await serveProject();
    const token = fresh.server.setupUrl?.split('#')[1] ?? '';
    const short = await new BrowserUser(fresh).post('/api/setup', {
      token,
      email: OWNER.email,
      password: 'short',
    });
    expect([short.status, await short.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('At least 12') } },
    ]);
    for (const file of ['state.db', 'state.db-wal'])
      expect(readFileSync(join(fresh.folder, '.millrace', file)).includes(token)).toBe(false);
  });
});

describe('a session', () => {
  it('has a new id at sign-in, whatever the browser came with, and cookies out of reach of scripts', async () => {
    const user = new BrowserUser(served, `millrace-${new URL(served.server.url).port}=chosen-by-an-attacker`);
    const response = await user.signIn(OWNER.email, OWNER.password);
    expect(response.status).toBe(200);
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^millrace-\d+=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain('chosen-by-an-attacker');
    const first = user.cookie;
    await user.signIn(OWNER.email, OWNER.password);
    expect(user.cookie).not.toBe(first);
    expect(await isLetIn(new BrowserUser(served, first))).toBe(false);
    expect(await isLetIn(user)).toBe(true);
  });

  it('ends at sign-out: a copied cookie opens nothing', async () => {
    const user = new BrowserUser(served);
    await user.signIn(OWNER.email, OWNER.password);
    const copied = user.cookie;
    expect((await user.send('DELETE', '/api/session')).status).toBe(200);
    expect(await isLetIn(new BrowserUser(served, copied))).toBe(false);
  });

  it('ends when the password, the role or the right to sign in changes', async () => {
    const { user, userId, email, password } = await inviteAndSignIn(served, owner, 'analyst');
    expect(await isLetIn(user)).toBe(true);
    await owner.post('/api/identity/change-role', { userId, role: 'viewer' });
    expect(await isLetIn(user)).toBe(false);
    expect(await (await user.signIn(email, password)).json()).toMatchObject({ caller: { role: 'viewer' } });
    const second = new BrowserUser(served);
    await second.signIn(email, password);
    const wrong = await user.post('/api/identity/change-password', {
      currentPassword: 'not this one',
      newPassword: 'a new password',
    });
    expect(wrong.status).toBe(400);
    const changed = await user.post('/api/identity/change-password', {
      currentPassword: password,
      newPassword: 'a new password',
    });
    expect(changed.status).toBe(200);
    expect([await isLetIn(user), await isLetIn(second)]).toEqual([false, false]);
    expect((await user.signIn(email, password)).status).toBe(401);
    expect((await user.signIn(email, 'a new password')).status).toBe(200);
    await owner.post('/api/identity/set-disabled', { userId, isDisabled: true });
    expect(await isLetIn(user)).toBe(false);
    expect((await user.signIn(email, 'a new password')).status).toBe(401);
  });

  it('takes its live line with it within a second', async () => {
    const { user, userId } = await inviteAndSignIn(served, owner, 'viewer');
    const line = await user.send('GET', '/api/live');
    expect(line.status).toBe(200);
    const over = (async () => {
      for await (const chunk of line.body ?? []) chunk satisfies Uint8Array;
      return performance.now();
    })();
    const stopped = performance.now();
    await owner.post('/api/identity/set-disabled', { userId, isDisabled: true });
    expect((await over) - stopped).toBeLessThan(1_500);
  });

  it('of the only owner can be neither disabled nor made less', async () => {
    const { users } = (await (await owner.post('/api/identity/list-users')).json()) as {
      users: { userId: string; email: string }[];
    };
    const userId = users.find(({ email }) => email === OWNER.email)?.userId;
    for (const [operation, input] of [
      ['set-disabled', { userId, isDisabled: true }],
      ['change-role', { userId, role: 'viewer' }],
    ] as const) {
      const refused = await owner.post(`/api/identity/${operation}`, input);
      expect(await refused.json()).toMatchObject({
        error: { message: expect.stringContaining('only owner') },
      });
    }
  });
});

describe('an API token', () => {
  it('is told once, may no more than its role and its user, and ends when it is revoked', async () => {
    const made = await owner.post('/api/identity/create-token', { name: 'robot', role: 'viewer' });
    const { token, tokenId } = (await made.json()) as { token: string; tokenId: string };
    const call = (operation: string, input: unknown = {}): Promise<Response> =>
      served.request(`/api/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      });
    expect((await call('runs/list-runs')).status).toBe(200);
    expect((await call('identity/list-users')).status).toBe(403);
    const account = await call('identity/create-token', { name: 'another', role: 'viewer' });
    expect(await account.json()).toMatchObject({ error: { message: expect.stringContaining('sign in') } });
    const listed = await (await owner.post('/api/identity/list-tokens')).text();
    expect(listed).toContain('robot');
    expect(listed).not.toContain(token);
    for (const file of ['state.db', 'state.db-wal'])
      expect(readFileSync(join(served.folder, '.millrace', file)).includes(token)).toBe(false);
    expect((await owner.post('/api/identity/revoke-token', { tokenId })).status).toBe(200);
    expect((await call('runs/list-runs')).status).toBe(401);
  });

  it('of a viewer cannot be more than viewer, nor be revoked by other viewers', async () => {
    const { user } = await inviteAndSignIn(served, owner, 'viewer');
    const { user: other } = await inviteAndSignIn(served, owner, 'viewer');
    const more = await user.post('/api/identity/create-token', { name: 'more', role: 'owner' });
    expect(more.status).toBe(400);
    const made = await user.post('/api/identity/create-token', { name: 'mine', role: 'viewer' });
    const { tokenId } = (await made.json()) as { tokenId: string };
    expect(await (await other.post('/api/identity/list-tokens')).json()).toEqual({ tokens: [] });
    expect((await other.post('/api/identity/revoke-token', { tokenId })).status).toBe(400);
    expect((await user.post('/api/identity/revoke-token', { tokenId })).status).toBe(200);
  });
});

describe('guessing passwords', () => {
  it('ends with 429 by the eleventh, whatever header says it comes from elsewhere; known addresses stay in', async () => {
    await using fresh = await serveProject();
    const known = await setUpOwner(fresh);
    const guess = (from: string, email: string, password: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = rawRequest(
          `${fresh.server.url}/api/session`,
          {
            method: 'POST',
            localAddress: from,
            agent: new Agent({ keepAlive: false }),
            headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${Math.random()}` },
          },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        sent.once('error', reject);
        sent.end(JSON.stringify({ email, password }));
      });
    const fromOne = await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        guess('127.0.0.9', `user-${index}@example.org`, 'wrong password'),
      ),
    );
    expect(fromOne.filter((status) => status === 401)).toHaveLength(10);
    expect(fromOne.filter((status) => status === 429)).toHaveLength(4);
    const atOne = await Promise.all(
      Array.from({ length: 14 }, (_, index) => guess(`127.0.1.${index + 1}`, OWNER.email, 'wrong password')),
    );
    expect(atOne.filter((status) => status === 401)).toHaveLength(10);
    expect(atOne.filter((status) => status === 429)).toHaveLength(4);
    expect(await guess('127.0.0.1', OWNER.email, OWNER.password)).toBe(200);
    expect(await isLetIn(known)).toBe(true);
  });

  it('behind a proxy that is trusted is bound for each of its clients, whatever they say themselves', async () => {
    await using fresh = await serveProject({ trustedProxies: ['127.0.0.1'] });
    await setUpOwner(fresh);
    const guess = async (client: string, index: number): Promise<number> => {
      const headers = {
        'content-type': 'application/json',
        // The proxy adds the client behind what that has written itself.
        'x-forwarded-for': `198.51.100.${index}, ${client}`,
      };
      const body = JSON.stringify({ email: `user-${index}@example.org`, password: 'wrong password' });
      return (await fresh.request('/api/session', { method: 'POST', headers, body })).status;
    };
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++) statuses.push(await guess('203.0.113.7', index));
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect(await guess('203.0.113.8', 20)).toBe(401);
  });
});
