import { type Blame, PipelineError, type PipelineErrorCode, type Retry } from '@millrace/connector-sdk';

/** Which end of a load a connection serves; it decides who is to blame for the server's refusals. */
export type Role = Extract<Blame, 'source' | 'destination'>;

interface Meaning {
  readonly code: PipelineErrorCode;
  readonly retry: Retry;
  readonly blame?: Blame;
  readonly advice?: string;
}

const queryKilled: Meaning = { code: 'queryKilled', retry: 'backoff' };
const permissionDenied: Meaning = {
  code: 'permissionDenied',
  retry: 'never',
  advice: 'Grant it to the user of the connection.',
};
const valueRefused: Meaning = { code: 'valueUnrepresentable', retry: 'never' };
const busy: Meaning = { code: 'connectionRefused', retry: 'backoff' };
const locked: Meaning = { code: 'queryFailed', retry: 'backoff' };
const diskFull: Meaning = { code: 'diskFull', retry: 'backoff', advice: 'Free space on the server.' };
const outOfMemory: Meaning = { code: 'outOfMemory', retry: 'backoff' };
const authenticationFailed: Meaning = {
  code: 'authenticationFailed',
  retry: 'never',
  blame: 'config',
  advice: 'Check user, password and the hosts the account may connect from.',
};

/** Server error numbers that mean more than "the statement failed". */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  ...[1045, 1698, 1862, 3118, 3955, 4151].map((errno) => [errno, authenticationFailed] as const),
  ...[1044, 1142, 1143, 1227, 1370, 1410, 1290, 1836].map((errno) => [errno, permissionDenied] as const),
  ...[1317, 1927, 3024, 1969, 1028].map((errno) => [errno, queryKilled] as const),
  ...[1264, 1265, 1292, 1366, 1406, 3140, 1411, 1048, 4025].map((errno) => [errno, valueRefused] as const),
  ...[1040, 1203, 1226].map((errno) => [errno, busy] as const),
  ...[1205, 1213, 1614].map((errno) => [errno, locked] as const),
  ...[1021, 1114, 1030].map((errno) => [errno, diskFull] as const),
  ...[1037, 1038, 1041, 5].map((errno) => [errno, outOfMemory] as const),
  [
    1049,
    {
      code: 'configInvalid',
      retry: 'never',
      blame: 'config',
      advice: 'Check the database of the connection.',
    },
  ],
  [1146, { code: 'tableMissing', retry: 'never' }],
  [1051, { code: 'tableMissing', retry: 'never' }],
  [1054, { code: 'columnMissing', retry: 'never' }],
  [1062, { code: 'keyNotUnique', retry: 'never' }],
  [
    1412,
    {
      code: 'schemaDrift',
      retry: 'backoff',
      advice: 'The table was altered during the read; it is read again.',
    },
  ],
  [1053, { code: 'connectionLost', retry: 'backoff' }],
  [4031, { code: 'connectionLost', retry: 'backoff' }],
  [1129, { code: 'connectionRefused', retry: 'never', advice: 'Run FLUSH HOSTS on the server.' }],
  [1130, { code: 'connectionRefused', retry: 'never', advice: 'Allow this host for the account.' }],
  [3159, { code: 'tlsFailed', retry: 'never', blame: 'config', advice: 'Set tls to require or verify.' }],
]);

const MAX_SERVER_TEXT = 400;

/** An ERR packet of the server, already in Millrace's words; `errno` is the server's own number. */
export class MysqlServerError extends PipelineError {
  readonly errno: number;

  constructor(role: Role, errno: number, sqlState: string, serverText: string) {
    const meaning = MEANINGS.get(errno) ?? { code: 'queryFailed', retry: 'never' };
    const shown = sentence(printable(serverText));
    super({
      code: meaning.code,
      blame: meaning.blame ?? role,
      retry: meaning.retry,
      message: `The ${role} server answered with error ${errno} (${sqlState}): ${shown}${
        meaning.advice === undefined ? '' : ` ${meaning.advice}`
      }`,
    });
    this.errno = errno;
  }
}

function sentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}

/** A server's text for people: one line, no control characters, bounded. */
export function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return line.length > MAX_SERVER_TEXT ? `${line.slice(0, MAX_SERVER_TEXT)}…` : line;
}

/** The peer broke the protocol; the connection cannot be used any more. */
export function protocolViolation(role: Role, what: string): PipelineError {
  return new PipelineError({
    code: 'protocolViolation',
    blame: role,
    retry: 'never',
    message: `The ${role} server broke the MySQL protocol: ${what}. The connection was closed; check what listens at this address.`,
  });
}

export function connectionLost(role: Role, cause?: unknown): PipelineError {
  const detail = cause instanceof Error ? ` (${printable(cause.message)})` : '';
  return new PipelineError({
    code: 'connectionLost',
    blame: role,
    retry: 'backoff',
    message: `The connection to the ${role} server was cut${detail}. It is opened again on the next try.`,
    cause,
  });
}

export function connectionTimeout(role: Role, what: string): PipelineError {
  return new PipelineError({ code: 'connectionTimeout', blame: role, retry: 'backoff', message: what });
}

const TLS_CODES = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;

/** What Node reports while a connection is being opened. */
export function connectFailure(role: Role, address: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const text = printable(cause instanceof Error ? cause.message : String(cause));
  if (TLS_CODES.test(code)) {
    return new PipelineError({
      code: 'tlsFailed',
      blame: 'config',
      retry: 'never',
      message: `TLS with ${address} failed: ${text}. Check tls and ca of the connection.`,
      cause,
    });
  }
  if (code === 'ETIMEDOUT')
    return connectionTimeout(role, `${address} did not answer: ${text}. Check host and port.`);
  if (code === 'ECONNRESET' || code === 'EPIPE') return connectionLost(role, cause);
  return new PipelineError({
    code: 'connectionRefused',
    blame: role,
    retry: code === 'ENOTFOUND' || code === 'ENOENT' || code === 'EACCES' ? 'never' : 'backoff',
    message: `Cannot connect to ${address}: ${text}. Check that the server runs and that host, port or socket are right.`,
    cause,
  });
}
