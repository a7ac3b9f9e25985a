import { describe, expect, it } from 'vitest';
import { requireServer, startPrivateServer } from '@millrace/connector-sdk/testing';
import { serverDefinitions } from './server-definitions.ts';

const definitions = await serverDefinitions(`${import.meta.dirname}/../..`);

describe.each(definitions.map(({ name }) => name))('test server %s', (name) => {
  it('is the same one for everybody who requires it', async ({ skip }) => {
    const server = await requireServer(name);
    if ('skipped' in server) return skip(server.skipped);
    expect(await requireServer(name)).toEqual(server);
    expect(server.connection).toMatchObject({ host: '127.0.0.1', user: 'millrace', database: 'millrace' });
  });

  it('restarts in a private instance on the same port', async ({ skip }) => {
    const server = await startPrivateServer(name);
    if ('skipped' in server) return skip(server.skipped);
    await using own = server;
    const { processId, connection } = own;
    await own.restart('immediate');
    expect(own.processId).not.toBe(processId);
    expect(own.connection).toEqual(connection);
    await own.stop();
    expect(() => process.kill(own.processId, 0)).toThrow('ESRCH');
  });

  it('starts again after it was killed', async ({ skip }) => {
    const server = await startPrivateServer(name);
    if ('skipped' in server) return skip(server.skipped);
    await using own = server;
    process.kill(own.processId, 'SIGKILL');
    await own.restart('immediate');
    expect(() => process.kill(own.processId, 0)).not.toThrow();
  });
});
