import { expect, it } from 'vitest';

import { answerChallenge } from './authentication.ts';

const nonce = Buffer.from('12345678901234567890');

it('gives a password in clear text to nobody on an unencrypted connection', () => {
  expect(() => answerChallenge('mysql_clear_password', 'canary', nonce, false)).toThrow(/tls/);
  expect(answerChallenge('sha256_password', 'canary', nonce, false)).toEqual(Buffer.from([1]));
  for (const plugin of ['mysql_native_password', 'caching_sha2_password']) {
    expect(answerChallenge(plugin, 'canary', nonce, true).includes('canary')).toBe(false);
  }
});

it('answers nothing for an empty password', () => {
  expect(answerChallenge('caching_sha2_password', '', nonce, false)).toHaveLength(0);
});

it('names a plugin that it does not know', () => {
  expect(() => answerChallenge('authentication_ldap', 'x', nonce, true)).toThrow(/authentication_ldap/);
});
