import { createHash, randomBytes } from 'node:crypto';

/** Something that lets its holder in. Only its digest is kept: who reads the store cannot use it. */
export interface SecretToken {
  /** Shown once. */
  readonly text: string;
  readonly hash: string;
}

/** 256 random bits behind a prefix that scanners for leaked secrets can look for. */
export function newSecretToken(prefix: 'mlr_' | ''): SecretToken {
  const text = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { text, hash: hashToken(text) };
}

/** No salt and no slow hash: the token has as many random bits as the hash. */
export function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
