import { isAudited, operationTable } from '@millrace/control-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BrowserUser, OWNER, inviteAndSignIn, setUpOwner } from '../testing/browser-user.ts';
import { serveProject } from '../testing/served-project.ts';
import type { ServedProject } from '../testing/served-project.ts';

interface Entry {
  readonly actor: string;
  readonly actorKind: string;
  readonly address: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string | null;
}

let served: ServedProject;
let owner: BrowserUser;
beforeAll(async () => {
  served = await serveProject();
  owner = await setUpOwner(served);
});
afterAll(() => served[Symbol.asyncDispose]());

async function entries(filter: Record<string, unknown> = {}): Promise<readonly Entry[]> {
  const answer = await owner.post('/api/audit/list-entries', { limit: 1000, ...filter });
  return ((await answer.json()) as { entries: Entry[] }).entries;
}

describe('the audit log', () => {
  it('has every denial, of every operation', async () => {
    const { user, email } = await inviteAndSignIn(served, owner, 'viewer');
    const denied: string[] = [];
    for (const { name, isLocal } of operationTable.values()) {
      if (isLocal) continue;
      const { status } = await user.post(`/api/${name}`, {});
      if (status === 403) denied.push(name);
    }
    const found = await entries({ actor: email, outcome: 'denied' });
    expect(denied.length).toBeGreaterThan(10);
    expect(found.map(({ action }) => action).toReversed()).toEqual(denied);
  });

  it('says who did what to what from where, without what must not be kept', async () => {
    const password = 'the password of a new user';
    await owner.post('/api/secrets/set-secret', { name: 'KEY', value: 'canary-of-audit' });
    await owner.post('/api/secrets/remove-secret', { name: 'NONE' });
    await owner.post('/api/connections/add-connection', {
      name: 'shop',
      type: 'mysql',
      settings: { host: 'h', user: 'u', database: 'd', password },
    });
    const [added, removed, set] = await entries();
    expect(set).toMatchObject({
      actor: OWNER.email,
      actorKind: 'session',
      address: '127.0.0.1',
      action: 'secrets/set-secret',
      target: '{"name":"KEY","value":"…"}',
      outcome: 'done',
    });
    expect(removed).toMatchObject({
      action: 'secrets/remove-secret',
      outcome: 'failed',
      reason: 'configInvalid',
    });
    expect(added).toMatchObject({ target: '{"name":"shop","type":"mysql","settings":"…"}' });
    const all = JSON.stringify(await entries());
    expect(all).not.toContain('canary-of-audit');
    expect(all).not.toContain(password);
  });

  it('has signing in and out, and who tried', async () => {
    const user = new BrowserUser(served);
    await user.signIn(OWNER.email, 'not the password');
    await user.signIn(OWNER.email, OWNER.password);
    await user.send('DELETE', '/api/session');
    expect((await entries({ action: 'session/' })).slice(0, 3)).toMatchObject([
      { action: 'session/sign-out', outcome: 'done' },
      { action: 'session/sign-in', outcome: 'done', actor: OWNER.email },
      {
        action: 'session/sign-in',
        outcome: 'denied',
        actor: OWNER.email,
        actorKind: 'nobody',
        reason: 'wrongPassword',
      },
    ]);
  });

  it('keeps uses of every permission that changes something or shows rows', () => {
    const quiet = [...operationTable.values()].filter(({ permission }) => !isAudited(permission));
    expect(quiet.filter(({ permission }) => !permission.endsWith('.read'))).toEqual([]);
    expect(isAudited('data.read')).toBe(true);
  });

  it('is paged and filtered, and intact', async () => {
    const all = await entries();
    const first = (await (await owner.post('/api/audit/list-entries', { limit: 2 })).json()) as {
      entries: (Entry & { sequence: number })[];
      hasMore: boolean;
    };
    expect(first.hasMore).toBe(true);
    const next = await entries({ limit: 1, before: first.entries[1]?.sequence });
    expect(next).toEqual([all[2]]);
    expect(await entries({ until: '2020-01-01T00:00:00Z' })).toEqual([]);
    const verdict = await (await owner.post('/api/audit/verify-log')).json();
    expect(verdict).toMatchObject({ isIntact: true, entries: all.length });
  });
});
