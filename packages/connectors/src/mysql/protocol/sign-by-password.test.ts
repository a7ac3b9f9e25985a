import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

import { expect, it } from 'vitest';

import { signByPassword } from './sign-by-password.ts';

/** DER around the 32 bytes of an Ed25519 private key. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

it.for(Array.from('abcdefghij'))('signs as Ed25519 does where both are defined: %s', (letter) => {
  const password = Buffer.from(letter.repeat(32));
  const challenge = Buffer.from(letter.repeat(31));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, password]), format: 'der', type: 'pkcs8' });
  const signature = signByPassword(password, challenge);
  expect(signature).toEqual(sign(null, challenge, key));
  expect(verify(null, challenge, createPublicKey(key), signature)).toBe(true);
});

it('signs with passwords of any length, the empty one included', () => {
  const signatures = ['', 'x', 'ö'.repeat(300)].map((password) =>
    signByPassword(Buffer.from(password), Buffer.alloc(32)).toString('hex'),
  );
  expect(new Set(signatures.map((signature) => signature.length))).toEqual(new Set([128]));
  expect(new Set(signatures).size).toBe(3);
});
