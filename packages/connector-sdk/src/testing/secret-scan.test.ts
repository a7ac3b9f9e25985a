import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSecrets, findSecretsInFiles } from './secret-scan.ts';
import { testPassword } from './server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const secrets = ['another-secret', testPassword];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const disguises: Record<string, string> = {
  'as it is': testPassword,
  'as a URL component': encodeURIComponent(testPassword),
  'as a URL component with lower-case digits': encodeURIComponent(testPassword).replaceAll(/%../g, (code) =>
    code.toLowerCase(),
  ),
  'as a whole URL': `mysql://millrace:${encodeURIComponent(testPassword)}@127.0.0.1/millrace`,
  'as form data': new URLSearchParams({ password: testPassword }).toString(),
  'as JSON': JSON.stringify({ password: testPassword }),
  'as JSON in JSON': JSON.stringify(JSON.stringify({ password: testPassword })),
  'as JSON in a URL': encodeURIComponent(JSON.stringify(testPassword)),
  'as an SQL literal': `IDENTIFIED BY '${testPassword.replaceAll("'", "''")}'`,
  'as HTML': testPassword.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'as base64': base64(testPassword),
  'as base64 behind one byte': base64(`:${testPassword}`),
  'as base64 behind two bytes': base64(`u:${testPassword}:tail`),
  'as base64 behind a user name': base64(`millrace:${testPassword}`),
  'as base64url': Buffer.from(`u:${testPassword}`).toString('base64url'),
  'as JSON in base64': base64(JSON.stringify({ password: testPassword })),
  'as hexadecimal': Buffer.from(testPassword).toString('hex'),
};

describe('a secret is found', () => {
  it.each(Object.entries(disguises))('%s', (_name, text) => {
    const [finding] = findSecrets(`before ${text} after`, secrets);
    expect(finding).toMatchObject({ secret: 1 });
  });

  it('when it holds characters outside ASCII', () => {
    const secret = 'pässwörd-日本';
    for (const text of [secret, encodeURIComponent(secret), JSON.stringify(secret), base64(`x${secret}`)]) {
      expect(findSecrets(text, [secret]), text).not.toEqual([]);
    }
    expect(findSecrets(String.raw`p\u00e4ssw\u00f6rd-\u65e5\u672c`, [secret])).toMatchObject([
      { encoding: 'json' },
    ]);
  });

  it('in files of any folder, at its offset', () => {
    using folder = temporaryFolder('scan');
    writeFileSync(join(folder.path, 'run.log'), `12345${testPassword}`);
    writeFileSync(join(folder.path, 'clean.log'), 'nothing');
    const findings = findSecretsInFiles(folder.path, secrets);
    expect(findings[0]).toEqual({
      path: join(folder.path, 'run.log'),
      secret: 1,
      encoding: 'plain',
      offset: 5,
    });
    expect(new Set(findings.map(({ path }) => path)).size).toBe(1);
  });
});

it('finds nothing in a text without the secrets', () => {
  expect(findSecrets('p%40ss is only the beginning of it: cCU0MHNz', secrets)).toEqual([]);
});

it('refuses a secret that would be found by chance', () => {
  expect(() => findSecrets('text', ['abc'])).toThrow('four bytes');
});
