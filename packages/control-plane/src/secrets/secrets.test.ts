import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Redactor } from './redactor.ts';
import { SecretStore } from './secret-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-secrets-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = (passphrase?: string, key = 'key') =>
  new SecretStore(join(folder, 'secrets.json'), { passphrase, keyFile: join(folder, 'config', key) });

describe('SecretStore', () => {
  it.each([[undefined], ['a passphrase']])(
    'keeps secrets encrypted, private, and gives them back (key: %s)',
    async (passphrase) => {
      await open(passphrase).write('A', 'first "secret"');
      await open(passphrase).write('B', 'second');
      await open(passphrase).write('A', 'third');
      expect([
        await open(passphrase).read('A'),
        await open(passphrase).read('B'),
        await open(passphrase).read('C'),
        await open(passphrase).read('toString'),
      ]).toEqual(['third', 'second', undefined, undefined]);
      expect(await open(passphrase).names()).toEqual(['A', 'B']);
      expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toMatch(/first|second|third/);
      expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
      if (passphrase === undefined) expect((await stat(join(folder, 'config/key'))).mode & 0o777).toBe(0o600);
    },
  );

  it('says what to do when the key is another one, or gone', async () => {
    await open().write('A', 'x');
    await expect(open('other').read('A')).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringContaining('another key'),
    });
    await expect(open(undefined, 'missing').read('A')).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringContaining('MILLRACE_SECRET_KEY'),
    });
  });

  it('does not let one secret stand for another', async () => {
    await open().write('A', 'low');
    await open().write('B', 'high');
    const file = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8'));
    file.secrets.A = file.secrets.B;
    await writeFile(join(folder, 'secrets.json'), JSON.stringify(file));
    await expect(open().read('A')).rejects.toMatchObject({ code: 'configInvalid' });
  });

  it('makes one key when two begin at once', async () => {
    await Promise.all([
      open().write('A', 'x'),
      new SecretStore(join(folder, 'other.json'), {
        passphrase: undefined,
        keyFile: join(folder, 'config/key'),
      }).write('B', 'y'),
    ]);
    expect(await open().read('A')).toBe('x');
  });
});

describe('Redactor', () => {
  const secret = `p%40ss'w"rd/@:1`;

  it.each([
    ['plain', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify(secret)],
    ['base64', Buffer.from(secret).toString('base64')],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['in SQL', secret.replaceAll("'", "''")],
  ])('takes a secret out: %s', (_, form) => {
    const redactor = new Redactor();
    redactor.add(secret);
    const text = redactor.text(`before ${form} after`);
    expect(text).toMatch(/^before "?\*\*\*"? after$/);
  });

  it('leaves text alone that has none', () => {
    const redactor = new Redactor();
    redactor.add('ab');
    expect(redactor.text('ab stays: too short to hide')).toBe('ab stays: too short to hide');
  });
});
