import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { serveProject } from '../testing/served-project.ts';
import type { ServedProject } from '../testing/served-project.ts';

const PASSWORD = 'canary-of-connections';
const SETTINGS = { host: 'db.example.org', port: 3306, user: 'mill', password: PASSWORD };

let served: ServedProject;
beforeEach(async () => {
  served = await serveProject();
  writeFileSync(
    join(served.folder, 'millrace.yaml'),
    'version: 1\nname: served\nconnections:\n  # The till.\n  till: { type: sqlite, path: till.db }\n',
  );
  const added = await served.call('connections/add-connection', {
    name: 'shop',
    type: 'mysql',
    settings: SETTINGS,
  });
  expect(added.status).toBe(200);
});
afterEach(() => served[Symbol.asyncDispose]());

const project = (): string => readFileSync(join(served.folder, 'millrace.yaml'), 'utf8');

async function message(response: Promise<Response>): Promise<string> {
  const { error } = (await (await response).json()) as { readonly error: { readonly message: string } };
  return error.message;
}

it('changes settings in place: comments stay, and the secret that nobody can see', async () => {
  const updated = await served.call('connections/update-connection', {
    connection: 'shop',
    settings: { host: 'db.example.org', port: 3306, user: 'miller', tls: 'require' },
  });
  expect(updated.status).toBe(200);
  expect(project()).toContain('# The till.');
  expect(project()).toContain('user: miller');
  expect(project()).toContain('tls: require');
  expect(project()).toContain('${secret:SHOP_PASSWORD}');
  expect(project()).not.toContain(PASSWORD);
});

it('takes settings out that are left out', async () => {
  await served.call('connections/update-connection', {
    connection: 'till',
    settings: { path: 'other.db', busyTimeoutSeconds: 9 },
  });
  expect(project()).toContain('busyTimeoutSeconds: 9');
  await served.call('connections/update-connection', { connection: 'till', settings: { path: 'other.db' } });
  expect(project()).toContain('path: other.db');
  expect(project()).not.toContain('busyTimeoutSeconds');
});

it('sends no secret to another server than it was given for', async () => {
  for (const moved of [{ host: 'db.elsewhere.example' }, { port: 3307 }, { socket: '/tmp/other.sock' }]) {
    const settings = { host: SETTINGS.host, port: SETTINGS.port, user: SETTINGS.user, ...moved };
    const checked = served.call('connections/check-settings', { type: 'mysql', settings, keptFrom: 'shop' });
    expect(await message(checked)).toContain(`Give password again, because ${Object.keys(moved)[0]} changes`);
    const updated = served.call('connections/update-connection', { connection: 'shop', settings });
    expect(await message(updated)).toContain('Give password again');
  }
  expect(project()).not.toContain('elsewhere');
});

it('says which pipelines use a connection, and removes it with its secret when none does', async () => {
  const path = join(served.folder, 'pipelines', 'copy.yaml');
  writeFileSync(
    path,
    'version: 1\nname: copy\nsteps:\n  all: { replicate: { from: shop, into: { connection: till } } }\n',
  );
  expect(await message(served.call('connections/remove-connection', { connection: 'shop' }))).toContain(
    'is used by copy',
  );
  rmSync(path);
  const removed = await served.call('connections/remove-connection', { connection: 'shop' });
  expect(await removed.json()).toEqual({ connection: 'shop', removedSecrets: ['SHOP_PASSWORD'] });
  expect(project()).not.toContain('shop');
  expect(project()).toContain('# The till.');
  const secrets = await served.call('secrets/list-secrets');
  expect(await secrets.text()).not.toContain('SHOP_PASSWORD');
});

it('keeps a secret that something else refers to', async () => {
  await served.call('connections/add-connection', {
    name: 'copy',
    type: 'mysql',
    settings: { host: 'h', user: 'u', password: '${secret:SHOP_PASSWORD}' },
  });
  const removed = await served.call('connections/remove-connection', { connection: 'shop' });
  expect(await removed.json()).toEqual({ connection: 'shop', removedSecrets: [] });
});

it('never answers with a secret, in lists, forms and refusals', async () => {
  const answers = await Promise.all([
    served.call('connections/list-connections'),
    served.call('connectors/list-connectors'),
    served.call('connections/update-connection', {
      connection: 'shop',
      settings: { ...SETTINGS, port: 'not a port' },
    }),
    served.call('connections/check-settings', {
      type: 'mysql',
      settings: { ...SETTINGS, unknown: PASSWORD },
    }),
  ]);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(texts.filter((text) => text.includes(PASSWORD))).toEqual([]);
  expect(texts[0]).toContain('"secrets":["password"]');
});

it('changes lists and maps in place, takes them out when they are left out, and refuses what no settings are', async () => {
  const text = `version: 1
name: served
connections:
  drop:
    type: files
    root: in
    tables:
      orders:
        # Nightly.
        path: orders/*.csv
        key: [id]
`;
  writeFileSync(join(served.folder, 'millrace.yaml'), text);
  const update = (settings: object) =>
    served.call('connections/update-connection', {
      connection: 'drop',
      settings: { root: 'in', ...settings },
    });
  const orders = { path: 'orders/*.csv', key: ['id', 'day'], dialect: { quote: null } };
  expect((await update({ tables: { orders, items: { path: 'items/*.csv' } } })).status).toBe(200);
  expect(project()).toContain('# Nightly.\n        path: orders/*.csv\n        key: [id, day]');
  expect(project()).toContain('quote: null');
  expect(project()).toContain('items');
  expect(await message(update({ tables: { orders: { path: 'x', key: [''] } } }))).toContain(
    'tables.orders.key',
  );
  let deep: unknown = 'x';
  for (let depth = 0; depth < 50; depth++) deep = [deep];
  expect(await message(update({ tables: deep }))).toContain('settings.tables');
  expect((await update({})).status).toBe(200);
  expect(project()).not.toContain('tables');
});

it('has no connector with a secret inside of a list or a map, which forms would not hide', async () => {
  const answer = await served.call('connectors/list-connectors');
  const { connectors } = (await answer.json()) as {
    readonly connectors: readonly { readonly settings: { readonly properties: Record<string, object> } }[];
  };
  const settings = connectors.flatMap((connector) => Object.values(connector.settings.properties));
  expect(settings.length).toBeGreaterThan(20);
  for (const { secret: _, ...inner } of settings as { readonly secret?: boolean }[])
    expect(JSON.stringify(inner)).not.toContain('"secret":true');
});

it('makes the pipeline of chosen tables once, and shows it before', async () => {
  const wanted = {
    name: 'copy',
    from: 'shop',
    into: { connection: 'till', schema: null },
    tables: [{ table: 'shop.orders', load: { mode: 'full' } }],
    schedule: null,
  };
  const shown = await served.call('pipelines/create-replication', { ...wanted, isWritten: false });
  expect(((await shown.json()) as { text: string }).text).toContain('- shop.orders');
  expect((await served.call('pipelines/create-replication', wanted)).status).toBe(200);
  expect(await message(served.call('pipelines/create-replication', wanted))).toContain('Choose another name');
  const listed = (await (await served.call('pipelines/list-pipelines')).json()) as {
    pipelines: readonly Record<string, unknown>[];
  };
  expect(listed.pipelines).toMatchObject([
    { name: 'copy', problem: null, reads: ['shop'], writes: ['till'], recentRuns: [], freshness: null },
  ]);
});
