import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { createOperationContext, listEntries, verifyLog } from '@millrace/control-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { registry } from './registry.ts';
import { CommandLine } from './testing/command-line.ts';

let line: CommandLine;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'audited']);
  using shop = new DatabaseSync(join(line.folder, 'shop.db'));
  shop.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1)');
});

afterAll(() => line[Symbol.dispose]());

describe('commands without a server', () => {
  it('leave in the audit log who did what, whether it went well, and no secret', async () => {
    const commands: readonly (readonly string[])[] = [
      ['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db'],
      ['secrets', 'set', 'KEY'],
      ['query', 'SELECT 42'],
      ['query', 'SELECT nothing'],
      ['connections', 'list'],
      ['runs'],
      ['secrets', 'remove', 'NONE'],
    ];
    for (const command of commands) await line.run(command, { input: 'canary-of-audit' });
    await using context = createOperationContext({
      projectFolder: line.folder,
      workingFolder: line.folder,
      environment: {},
      environmentName: undefined,
      registry,
      startRunner: () => {
        throw new Error('The audit log needs no runner.');
      },
    });
    const never = new AbortController().signal;
    const { entries } = await listEntries.handler(context, listEntries.input.parse({}), never);
    expect(entries.map(({ action, outcome, reason }) => [action, outcome, reason]).toReversed()).toEqual([
      ['connections/add-connection', 'done', null],
      ['secrets/set-secret', 'done', null],
      ['warehouse/query-warehouse', 'done', null],
      ['warehouse/query-warehouse', 'failed', 'queryFailed'],
      ['secrets/remove-secret', 'failed', 'configInvalid'],
    ]);
    for (const entry of entries)
      expect(entry).toMatchObject({ actor: 'ada', actorKind: 'local', address: hostname() });
    expect(JSON.stringify(entries)).not.toContain('canary');
    expect(await verifyLog.handler(context, {}, never)).toMatchObject({ isIntact: true, entries: 5 });
  });
});
