import { spawn } from 'node:child_process';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import { assignLease, claimLease, heartbeatLease, readHolder, releaseLease } from './lease.ts';
import { processIdentity } from './process-identity.ts';

let made: TestStore;
let store: Store;

const me = processIdentity();

async function claim(name: string, owner = me) {
  const claimed = await claimLease(store, name, owner);
  if (!claimed.isGranted) throw new Error(`"${name}" is held by ${claimed.holder.owner}`);
  return claimed.lease;
}

describe.each(testStores)('a lease in $name', ({ create }) => {
  beforeEach(async () => {
    made = await create();
    store = made.store;
  });

  afterEach(() => made[Symbol.asyncDispose]());

  it('is granted once, and names its holder to the second', async () => {
    const lease = await claim('pipeline:a');
    await assignLease(store, lease, 'run-1');
    const second = await claimLease(store, 'pipeline:a', me);
    expect(second).toMatchObject({ isGranted: false, holder: { owner: me, runId: 'run-1' } });
  });

  it('hands out rising fence tokens, over all leases and after a release', async () => {
    const tokens: number[] = [];
    for (const name of ['a', 'b', 'a', 'c', 'b']) {
      const lease = await claim(name);
      tokens.push(lease.fenceToken);
      await releaseLease(store, lease);
    }
    expect(new Set(tokens).size).toBe(5);
    expect(tokens).toEqual(tokens.toSorted((left, right) => left - right));
    expect(tokens[0]).toBeGreaterThan(Date.UTC(2020, 0));
  });

  it('of a process that is gone is taken over at once, with a higher token', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    await new Promise((resolve) => child.once('spawn', resolve));
    const first = await claim('a', processIdentity(child.pid));
    expect((await claimLease(store, 'a', me)).isGranted).toBe(false);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const second = await claim('a');
    expect(second.fenceToken).toBeGreaterThan(first.fenceToken);
    await expect(heartbeatLease(store, first)).rejects.toMatchObject({ code: 'fenced' });
  });

  it('of another machine is taken over only when its time is over', async () => {
    const elsewhere = 'another-host/boot/1/2';
    const first = await claim('a', elsewhere);
    expect((await claimLease(store, 'a', me)).isGranted).toBe(false);
    await store.db.updateTable('leases').set({ expires_at: 1 }).execute();
    await claim('a');
    await expect(heartbeatLease(store, first)).rejects.toMatchObject({ code: 'fenced' });
  });

  it('lives on by heartbeats and is free after a release', async () => {
    const lease = await claim('a');
    await heartbeatLease(store, lease);
    expect(await readHolder(store, 'a')).toMatchObject({ owner: me });
    await releaseLease(store, lease);
    expect(await readHolder(store, 'a')).toBeUndefined();
    await expect(heartbeatLease(store, lease)).rejects.toMatchObject({ code: 'fenced' });
  });

  it('goes to one of many processes that claim it at once', async () => {
    const module = new URL('./lease.ts', import.meta.url).href;
    const storeModule = new URL('../store/open-store.ts', import.meta.url).href;
    const identity = new URL('./process-identity.ts', import.meta.url).href;
    const script = `
      const { openStore } = await import(${JSON.stringify(storeModule)});
      const { claimLease, releaseLease } = await import(${JSON.stringify(module)});
      const { processIdentity } = await import(${JSON.stringify(identity)});
      const store = await openStore(${JSON.stringify(made.location)});
      const owner = processIdentity() + '/' + process.argv[1];
      const tokens = [];
      while (tokens.length < 20) {
        const claim = await claimLease(store, 'hot', owner);
        if (!claim.isGranted) continue;
        tokens.push(claim.lease.fenceToken);
        await releaseLease(store, claim.lease);
      }
      console.log(JSON.stringify(tokens));
      await store[Symbol.asyncDispose]();`;
    const lists = await Promise.all(['a', 'b'].map((name) => runScript(script, name)));
    const tokens = lists.flat();
    expect(tokens).toHaveLength(40);
    expect(new Set(tokens).size).toBe(40);
  }, 180_000);
});

async function runScript(script: string, name: string): Promise<readonly number[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(output);
}
