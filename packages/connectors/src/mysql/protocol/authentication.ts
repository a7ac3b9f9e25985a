import { constants, createHash, publicEncrypt } from 'node:crypto';

import { PipelineError } from '@millrace/connector-sdk';

import { signByPassword } from './sign-by-password.ts';

const hash = (algorithm: 'sha1' | 'sha256', ...parts: readonly Uint8Array[]): Buffer => {
  const digest = createHash(algorithm);
  for (const part of parts) digest.update(part);
  return digest.digest();
};

const xor = (left: Uint8Array, right: Uint8Array): Buffer =>
  Buffer.from(left.map((byte, index) => byte ^ (right[index % right.length] ?? 0)));

const nullTerminated = (password: string): Buffer => Buffer.from(`${password}\0`, 'utf8');

/** The first answer to a server's challenge for an authentication plugin; empty passwords answer with nothing. */
export function answerChallenge(
  plugin: string,
  password: string,
  nonce: Uint8Array,
  isPrivate: boolean,
): Buffer {
  const secret = Buffer.from(password, 'utf8');
  switch (plugin) {
    case 'mysql_native_password': {
      if (secret.length === 0) return secret;
      const first = hash('sha1', secret);
      return xor(first, hash('sha1', nonce, hash('sha1', first)));
    }
    case 'caching_sha2_password': {
      if (secret.length === 0) return secret;
      const first = hash('sha256', secret);
      return xor(first, hash('sha256', hash('sha256', first), nonce));
    }
    case 'sha256_password':
      if (secret.length === 0) return Buffer.from([0]);
      // 1 asks for the server's public key.
      return isPrivate ? nullTerminated(password) : Buffer.from([1]);
    case 'client_ed25519':
      return signByPassword(secret, nonce);
    case 'mysql_clear_password':
      if (isPrivate) return nullTerminated(password);
      throw refused(
        'The server wants the password in clear text over an unencrypted connection. Set tls to require.',
      );
    default:
      throw refused(
        `The account logs in by the plugin ${JSON.stringify(plugin.slice(0, 64))}, which is not supported. ` +
          'Use an account with caching_sha2_password, mysql_native_password or ed25519.',
      );
  }
}

/** The password under the server's public key, for connections that are not encrypted. */
export function encryptPassword(password: string, nonce: Uint8Array, publicKeyPem: string): Buffer {
  try {
    const masked = xor(nullTerminated(password), nonce);
    return publicEncrypt({ key: publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING }, masked);
  } catch (cause) {
    throw new PipelineError({
      code: 'authenticationFailed',
      blame: 'source',
      retry: 'never',
      message: 'The server sent an unusable public key for the login. Set tls to require.',
      cause,
    });
  }
}

/** Asks for the public key in the exchange of caching_sha2_password. */
export const PUBLIC_KEY_REQUEST = Buffer.from([2]);

export function clearPassword(password: string): Buffer {
  return nullTerminated(password);
}

function refused(message: string): PipelineError {
  return new PipelineError({ code: 'authenticationFailed', blame: 'config', retry: 'never', message });
}
