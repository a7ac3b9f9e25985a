import { createHash } from 'node:crypto';

import { Point } from '@noble/ed25519';

/** Order of the group that the base point generates. */
const ORDER = Point.CURVE().n;

/**
 * The signature of MariaDB's plugin ed25519: Ed25519 with a password of any length in place of the 32 bytes that its
 * definition wants as the secret, which is why `node:crypto` cannot make it.
 */
export function signByPassword(password: Uint8Array, challenge: Uint8Array): Buffer {
  const expanded = sha512(password);
  const prefix = expanded.subarray(32);
  const secret = clampedScalar(expanded.subarray(0, 32));
  const publicKey = Point.BASE.multiply(secret).toBytes();
  const once = toInteger(sha512(prefix, challenge)) % ORDER;
  const commitment = Point.BASE.multiply(once).toBytes();
  const mixed = toInteger(sha512(commitment, publicKey, challenge));
  return Buffer.concat([commitment, toBytes((once + mixed * secret) % ORDER)]);
}

function sha512(...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha512');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

function clampedScalar(bytes: Uint8Array): bigint {
  const clamped = Uint8Array.from(bytes);
  clamped[0] = (clamped[0] ?? 0) & 0b1111_1000;
  clamped[31] = ((clamped[31] ?? 0) & 0b0111_1111) | 0b0100_0000;
  return toInteger(clamped) % ORDER;
}

const toInteger = (littleEndian: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`);

const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
