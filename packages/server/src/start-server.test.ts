import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveProject } from './testing/served-project.ts';
import type { ServedProject } from './testing/served-project.ts';

let served: ServedProject;
beforeAll(async () => {
  served = await serveProject();
});
afterAll(() => served[Symbol.asyncDispose]());

const JSON_TYPE = { 'content-type': 'application/json' };

/** With headers that `fetch` does not let be set. */
function statusOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = rawRequest(`${served.server.url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.end();
  });
}

describe('the server', () => {
  it('answers an operation, says what is wrong with its input, and what it does not know', async () => {
    const runs = await served.call('runs/list-runs');
    expect([runs.status, await runs.json()]).toMatchObject([200, { runs: [], next: null }]);
    const wrong = await served.call('runs/list-runs', { limit: 0 });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { error: { code: 'commandInvalid', message: expect.stringContaining('limit') } },
    ]);
    const missing = await served.call('pipelines/plan-pipeline', { pipeline: 'none' });
    expect([missing.status, await missing.json()]).toMatchObject([400, { error: { code: 'configInvalid' } }]);
    expect((await served.call('runs/no-such')).status).toBe(404);
  });

  it('tells what is wrong in a document with its places, and no text of it', async () => {
    writeFileSync(
      join(served.folder, 'pipelines', 'bad.yaml'),
      'version: 1\nname: bad\nsteps: 7 # canary-of-text\n',
    );
    const answer = await (await served.call('pipelines/plan-pipeline', { pipeline: 'bad' })).text();
    expect(JSON.parse(answer)).toMatchObject({
      error: { code: 'documentInvalid', diagnostics: [{ range: { file: 'pipelines/bad.yaml' } }] },
    });
    expect(answer).not.toContain('canary-of-text');
  });

  it('refuses a body that is no JSON, one that is too large, and operations for the files of a caller', async () => {
    const post = (path: string, body: string): Promise<Response> =>
      served.request(path, {
        method: 'POST',
        headers: { ...JSON_TYPE, authorization: `Bearer ${served.server.token}` },
        body,
      });
    expect((await post('/api/runs/list-runs', '{')).status).toBe(400);
    expect((await post('/api/runs/list-runs', `"${'x'.repeat(25_500_000)}"`)).status).toBe(413);
    expect((await post('/api/quarantine/export-quarantine', '{}')).status).toBe(404);
  });

  it('does not answer to names of others, so that no page can rebind its own to this machine', async () => {
    const authorization = `Bearer ${served.server.token}`;
    expect(await statusOf('/', { host: 'evil.example' })).toBe(403);
    expect(await statusOf('/api/live', { host: 'localhost.evil.example', authorization })).toBe(403);
    expect(await statusOf('/', { host: 'localhost:4600' })).toBe(200);
  });

  it('serves pages and files of the portal, the hashed ones for ever', async () => {
    const page = await served.request('/pipelines/some-page?filter=x');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Portal')]);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    const asset = await served.request('/assets/index-4f9c1a.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    expect(await asset.text()).toContain('export const text');
    for (const path of ['/assets/../millrace.yaml', '/%2e%2e/millrace.yaml', '/..%2fmillrace.yaml'])
      expect(await (await served.request(path)).text()).not.toContain('name: served');
    expect((await served.request('/assets/none.js')).status).toBe(404);
  });

  it('is found by programs of its owner, and refuses a second one on the project', async () => {
    const path = join(served.folder, '.millrace', 'server.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      url: served.server.url,
      pid: process.pid,
    });
    const { startServer } = await import('./start-server.ts');
    const second = startServer({
      projectFolder: served.folder,
      environment: {},
      registry: {},
      startRunner: () => {
        throw new TypeError('Not needed.');
      },
      port: 0,
    });
    await expect(second).rejects.toThrow('runs on this project already');
  });

  it('takes the place of one that was killed, and leaves nothing behind', async () => {
    const first = await serveProject();
    const path = join(first.folder, '.millrace', 'server.json');
    const identity = JSON.parse(readFileSync(path, 'utf8')).identity;
    await first.server[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(false);
    const gone = identity.replace(/\d+$/, '1');
    writeFileSync(
      path,
      JSON.stringify({ url: 'http://127.0.0.1:1', pid: process.pid, identity: gone, token: 'x' }),
    );
    const { startServer } = await import('./start-server.ts');
    const options = {
      projectFolder: first.folder,
      environment: {},
      registry: {},
      startRunner: () => {
        throw new TypeError('Not needed.');
      },
      port: 0,
    };
    const next = await startServer(options);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ url: next.url });
    await next[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(false);
    await first[Symbol.asyncDispose]();
  });

  it('refuses to be open: without sign-in beyond this machine, or beyond it without TLS', async () => {
    await expect(serveProject({ address: '0.0.0.0', isAuthOff: true })).rejects.toThrow(
      'for this machine only',
    );
    await expect(serveProject({ address: '0.0.0.0' })).rejects.toThrow('passwords need TLS');
    await expect(serveProject({ address: '0.0.0.0', publicUrl: 'http://x.example' })).rejects.toThrow(
      'https://',
    );
  });
});

describe('live events', () => {
  it('reach listeners in order, and those that come back get what they missed', async () => {
    const headers = { authorization: `Bearer ${served.server.token}` };
    const read = async (
      lastId: string | undefined,
      count: number,
    ): Promise<readonly { id: string; data: string }[]> => {
      const abort = new AbortController();
      const response = await served.request('/api/live', {
        headers: { ...headers, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
        signal: abort.signal,
      });
      const found: { id: string; data: string }[] = [];
      let text = '';
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        for (const match of text.matchAll(/data: (.*)\nid: ([\d-]+)\n\n/g))
          found.push({ data: match[1] ?? '', id: match[2] ?? '' });
        if (found.length >= count) break;
        found.length = 0;
      }
      abort.abort();
      return found;
    };
    const [reset] = await read('1', 1);
    expect(JSON.parse(reset?.data ?? '')).toMatchObject({ kind: 'reset' });
    const listening = read(undefined, 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    served.server.live.publish({ kind: 'dataset', ref: 'raw.orders' });
    served.server.live.publish({ kind: 'dataset', ref: 'raw.items' });
    const seen = await listening;
    expect(seen.map(({ data }) => JSON.parse(data).ref)).toEqual(['raw.orders', 'raw.items']);
    const again = await read(seen[0]?.id, 1);
    expect(again.map(({ data }) => JSON.parse(data).ref)).toEqual(['raw.items']);
  });
});
