import { PipelineError } from '@millrace/connector-sdk';

import { protocolViolation, type Role } from '../errors.ts';
import { answerChallenge, clearPassword, encryptPassword, PUBLIC_KEY_REQUEST } from './authentication.ts';
import type { PacketReader, Payload } from './packet-reader.ts';
import { isError, PayloadCursor, readServerError } from './payload.ts';

/** Capability bits of the protocol that matter here. CLIENT_DEPRECATE_EOF and CLIENT_MULTI_STATEMENTS stay off on purpose. */
const LONG_PASSWORD = 0x1;
const LONG_FLAG = 0x4;
const CONNECT_WITH_DATABASE = 0x8;
const LOCAL_FILES = 0x80;
const PROTOCOL_41 = 0x200;
const TLS = 0x800;
const TRANSACTIONS = 0x2000;
const SECURE_CONNECTION = 0x8000;
const PLUGIN_AUTH = 0x80000;
const PLUGIN_AUTH_LENGTH_ENCODED = 0x200000;

/** utf8mb4_general_ci: every server knows it; SET NAMES follows. */
const CHARSET_NUMBER = 45;
const MAX_PACKET_BYTES = 0x40000000;
const NONCE_BYTES = 20;

export interface Greeting {
  readonly serverVersion: string;
  readonly isMariadb: boolean;
  readonly threadId: number;
  readonly capabilities: number;
  readonly plugin: string;
  readonly nonce: Buffer;
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  /** True only where LOAD DATA LOCAL is going to be used. */
  readonly allowsLocalInfile: boolean;
  /** Encrypted, or a Unix socket. */
  readonly isPrivate: boolean;
  readonly isTls: boolean;
}

export async function readGreeting(reader: PacketReader, role: Role): Promise<Greeting> {
  const payload = await reader.next();
  if (isError(payload)) throw readServerError(payload, role);
  const cursor = new PayloadCursor(payload, role);
  const version = cursor.uint8();
  if (version !== 10) throw protocolViolation(role, `protocol version ${version} instead of 10`);
  const serverVersion = cursor.nullTerminated().toString('latin1');
  const threadId = cursor.uint32();
  const nonceStart = Buffer.from(cursor.bytes(8));
  cursor.bytes(1);
  let capabilities = cursor.uint16();
  cursor.bytes(3);
  capabilities = (capabilities | (cursor.uint16() << 16)) >>> 0;
  const nonceLength = cursor.uint8();
  cursor.bytes(10);
  if ((capabilities & PROTOCOL_41) === 0 || (capabilities & PLUGIN_AUTH) === 0) {
    throw protocolViolation(role, 'the server is older than MySQL 5.6');
  }
  const nonceEnd = cursor.bytes(Math.max(13, nonceLength - 8)).subarray(0, NONCE_BYTES - 8);
  return {
    serverVersion: serverVersion.replace(/^5\.5\.5-/, ''),
    isMariadb: /mariadb/i.test(serverVersion),
    threadId,
    capabilities,
    plugin: cursor.remaining > 0 ? readPluginName(cursor) : 'mysql_native_password',
    nonce: Buffer.concat([nonceStart, nonceEnd]),
  };
}

// Some servers leave out the terminator.
function readPluginName(cursor: PayloadCursor): string {
  return cursor.rest().toString('latin1').replace(/\0.*$/s, '');
}

export const serverHasTls = (greeting: Greeting): boolean => (greeting.capabilities & TLS) !== 0;

/** The packet after which both sides switch to TLS. */
export function tlsRequest(greeting: Greeting, login: Login): Buffer {
  return loginPrefix(greeting, login);
}

function loginPrefix(greeting: Greeting, login: Login): Buffer {
  const wanted =
    LONG_PASSWORD |
    LONG_FLAG |
    PROTOCOL_41 |
    TRANSACTIONS |
    SECURE_CONNECTION |
    PLUGIN_AUTH |
    PLUGIN_AUTH_LENGTH_ENCODED |
    (login.database === undefined ? 0 : CONNECT_WITH_DATABASE) |
    (login.allowsLocalInfile ? LOCAL_FILES : 0) |
    (login.isTls ? TLS : 0);
  const prefix = Buffer.alloc(32);
  // MariaDB leaves LONG_PASSWORD out of its greeting to announce its own extensions, which we do not use.
  prefix.writeUInt32LE(((wanted & greeting.capabilities) | LONG_PASSWORD) >>> 0, 0);
  prefix.writeUInt32LE(MAX_PACKET_BYTES, 4);
  prefix.writeUInt8(CHARSET_NUMBER, 8);
  return prefix;
}

/** Logs in: answers the challenge and every switch until OK; `write` sends one packet with the next sequence number. */
export async function authenticate(
  reader: PacketReader,
  write: (payload: Uint8Array) => void,
  greeting: Greeting,
  login: Login,
  role: Role,
): Promise<void> {
  let plugin = isKnownPlugin(greeting.plugin) ? greeting.plugin : 'mysql_native_password';
  let nonce: Buffer = greeting.nonce;
  write(
    loginPacket(greeting, login, plugin, answerChallenge(plugin, login.password, nonce, login.isPrivate)),
  );
  let switches = 0;
  for (;;) {
    const payload = await reader.next();
    if (isError(payload)) throw readServerError(payload, role);
    const marker = payload.bytes[payload.start];
    if (marker === 0x00) return;
    if (marker === 0xfe) {
      switches += 1;
      if (switches > 3 || payload.end - payload.start === 1)
        throw protocolViolation(role, 'an endless or outdated login');
      const cursor = new PayloadCursor(payload, role);
      cursor.bytes(1);
      plugin = cursor.nullTerminated().toString('latin1');
      // A challenge ends with U+0000 where a plugin's own definition does not say otherwise.
      nonce = Buffer.from(cursor.rest().subarray(0, plugin === 'client_ed25519' ? 32 : NONCE_BYTES));
      write(answerChallenge(plugin, login.password, nonce, login.isPrivate));
    } else if (marker === 0x01) {
      const answer = answerMoreData(payload, plugin, nonce, login, role);
      if (answer !== undefined) write(answer);
    } else {
      throw protocolViolation(role, 'an unknown packet during the login');
    }
  }
}

function isKnownPlugin(plugin: string): boolean {
  return ['mysql_native_password', 'caching_sha2_password', 'sha256_password'].includes(plugin);
}

function answerMoreData(
  payload: Payload,
  plugin: string,
  nonce: Buffer,
  login: Login,
  role: Role,
): Buffer | undefined {
  const data = Buffer.from(payload.bytes.subarray(payload.start + 1, payload.end));
  if (plugin === 'caching_sha2_password' && data.length === 1) {
    if (data[0] === 3) return undefined;
    if (data[0] === 4) return login.isPrivate ? clearPassword(login.password) : PUBLIC_KEY_REQUEST;
  }
  const isKey = data.subarray(0, 10).toString('latin1') === '-----BEGIN';
  // A server that sends a key unasked over TLS would get the password encrypted; harmless, but not the protocol.
  if (isKey && !login.isPrivate && (plugin === 'caching_sha2_password' || plugin === 'sha256_password')) {
    return encryptPassword(login.password, nonce, data.toString('latin1'));
  }
  throw protocolViolation(role, `unexpected data during the login by ${JSON.stringify(plugin.slice(0, 64))}`);
}

function loginPacket(greeting: Greeting, login: Login, plugin: string, answer: Buffer): Buffer {
  for (const text of [login.user, login.database ?? '']) {
    if (!text.includes('\0')) continue;
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: 'user and database of a connection cannot contain U+0000.',
    });
  }
  return Buffer.concat([
    loginPrefix(greeting, login),
    Buffer.from(`${login.user}\0`, 'utf8'),
    lengthEncoded(answer),
    Buffer.from(login.database === undefined ? '' : `${login.database}\0`, 'utf8'),
    Buffer.from(`${plugin}\0`, 'latin1'),
  ]);
}

function lengthEncoded(bytes: Buffer): Buffer {
  if (bytes.length < 251) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const prefix = Buffer.from([252, 0, 0]);
  prefix.writeUInt16LE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}
