import { type Blame, PipelineError, type PipelineErrorCode, type Retry } from '@millrace/connector-sdk';

/** An error as the server reports it: the fields of an ErrorResponse. */
export interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly where?: string | undefined;
}

interface Outcome {
  readonly code: PipelineErrorCode;
  readonly retry: Retry;
  readonly advice: string;
  readonly blame?: Blame;
}

const BY_STATE: Readonly<Record<string, Outcome>> = {
  '28000': {
    code: 'authenticationFailed',
    retry: 'never',
    blame: 'config',
    advice: 'Check user, database and pg_hba.conf.',
  },
  '28P01': {
    code: 'authenticationFailed',
    retry: 'never',
    blame: 'config',
    advice: 'Check user and password.',
  },
  '3D000': {
    code: 'configInvalid',
    retry: 'never',
    blame: 'config',
    advice: 'Check the name of the database.',
  },
  '3F000': { code: 'tableMissing', retry: 'never', advice: 'Check the name of the schema.' },
  '42P01': { code: 'tableMissing', retry: 'never', advice: 'Run discover to see the tables there are.' },
  '42703': { code: 'columnMissing', retry: 'never', advice: 'Make the plan again: the table has changed.' },
  '42501': { code: 'permissionDenied', retry: 'never', advice: 'Grant the role what it lacks.' },
  '57014': {
    code: 'queryKilled',
    retry: 'backoff',
    advice: 'Somebody or a timeout cancelled the statement; it is tried again.',
  },
  '57P01': {
    code: 'queryKilled',
    retry: 'backoff',
    advice: 'The session was terminated at the server; it is tried again.',
  },
  '57P02': { code: 'connectionLost', retry: 'backoff', advice: 'The server crashed; it is tried again.' },
  '57P03': {
    code: 'connectionRefused',
    retry: 'backoff',
    advice: 'The server is starting or stopping; it is tried again.',
  },
  '57P05': { code: 'connectionLost', retry: 'backoff', advice: 'The session was idle for too long.' },
  '53100': { code: 'diskFull', retry: 'backoff', advice: 'Free space at the server.' },
  '53200': { code: 'outOfMemory', retry: 'backoff', advice: 'The server is out of memory.' },
  '53300': {
    code: 'connectionRefused',
    retry: 'backoff',
    advice: 'All connections of the server are taken.',
  },
  '23505': { code: 'keyNotUnique', retry: 'never', advice: 'Choose a key that is unique.' },
  '25P03': {
    code: 'connectionLost',
    retry: 'backoff',
    advice: 'The server heard nothing from here in the middle of a transaction; it is tried again.',
  },
  '2BP01': {
    code: 'queryFailed',
    retry: 'backoff',
    advice: 'Something was made to depend on it in the meantime; it is tried again.',
  },
  '40001': { code: 'queryFailed', retry: 'backoff', advice: 'It is tried again.' },
  '40P01': { code: 'queryFailed', retry: 'backoff', advice: 'A deadlock was broken; it is tried again.' },
  '55P03': {
    code: 'queryFailed',
    retry: 'backoff',
    advice:
      'Another session holds a lock that is needed: pg_locks and pg_stat_activity show which. It is tried again.',
  },
  '58030': { code: 'queryFailed', retry: 'backoff', advice: 'The server could not read or write its files.' },
};

const BY_CLASS: Readonly<Record<string, Outcome>> = {
  '08': { code: 'connectionLost', retry: 'backoff', advice: 'It is tried again.' },
  '22': {
    code: 'valueUnrepresentable',
    retry: 'never',
    advice: 'Correct the value, or leave the column out.',
  },
  '28': {
    code: 'authenticationFailed',
    retry: 'never',
    blame: 'config',
    advice: 'Check user, password and pg_hba.conf.',
  },
};

const NETWORK: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: {
    code: 'connectionRefused',
    retry: 'backoff',
    advice: 'Check that the server runs and that host and port are right.',
  },
  ENOENT: {
    code: 'connectionRefused',
    retry: 'backoff',
    advice: 'There is no such socket; check the folder and the port.',
  },
  EACCES: { code: 'connectionRefused', retry: 'never', advice: 'The socket may not be used by this user.' },
  ENOTFOUND: {
    code: 'connectionRefused',
    retry: 'backoff',
    blame: 'config',
    advice: 'The host name is unknown; check it.',
  },
  EAI_AGAIN: {
    code: 'connectionRefused',
    retry: 'backoff',
    advice: 'The host name could not be looked up now.',
  },
  EHOSTUNREACH: { code: 'connectionRefused', retry: 'backoff', advice: 'There is no way to the host.' },
  ENETUNREACH: { code: 'connectionRefused', retry: 'backoff', advice: 'There is no way to the network.' },
  ETIMEDOUT: { code: 'connectionTimeout', retry: 'backoff', advice: 'The server did not answer in time.' },
  ECONNRESET: { code: 'connectionLost', retry: 'backoff', advice: 'It is tried again.' },
  EPIPE: { code: 'connectionLost', retry: 'backoff', advice: 'It is tried again.' },
};

/**
 * What failed at PostgreSQL as the one error class. `subject` says for people what was being done:
 * `Reading shop.orders`. Messages hold the server's words, which never contain a password.
 */
export function toPipelineError(error: unknown, blame: Blame, subject: string): PipelineError {
  if (error instanceof PipelineError) return error;
  if (!(error instanceof Error) && !isServerError(error)) throw error;
  const outcome = outcomeOf(error);
  if (outcome === undefined) {
    return new PipelineError({
      code: 'internal',
      blame: 'platform',
      retry: 'never',
      message: `${subject} failed: ${error.message}`,
      cause: error,
    });
  }
  const state = isServerError(error) ? ` (SQLSTATE ${error.code})` : '';
  const told = isServerError(error) ? [error.detail, error.where] : [];
  const detail = told.map((text) => (text ? ` ${text.replace(/\.?$/, '.')}` : '')).join('');
  return new PipelineError({
    code: outcome.code,
    blame: outcome.blame ?? blame,
    retry: outcome.retry,
    message: `${subject} failed: ${error.message}${state}.${detail} ${outcome.advice}`,
    cause: error,
  });
}

export function isServerError(error: unknown): error is ServerError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code) &&
    !(error.code in NETWORK)
  );
}

/** A server's report as an Error, so that it can be a cause. */
export function asError(error: ServerError): Error & ServerError {
  return Object.assign(new Error(error.message), error);
}

/** A connection that ended while the server still owed an answer. */
export function connectionLost(blame: Blame, subject: string, cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'connectionLost',
    blame,
    retry: 'backoff',
    message: `${subject} failed: the connection to PostgreSQL ended before the answer did. It is tried again.`,
    cause,
  });
}

export function protocolViolation(blame: Blame, subject: string, what: string): PipelineError {
  return new PipelineError({
    code: 'protocolViolation',
    blame,
    retry: 'never',
    message: `${subject} failed: ${what}. Check that the address is a PostgreSQL server and no other service.`,
  });
}

function outcomeOf(error: Error | ServerError): Outcome | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (isServerError(error)) {
    if (/row-level security/.test(error.message)) return { ...ROW_SECURITY };
    return (
      BY_STATE[code] ??
      BY_CLASS[code.slice(0, 2)] ?? {
        code: 'queryFailed',
        retry: 'never',
        advice: 'See the server’s log for more.',
      }
    );
  }
  if (Object.hasOwn(NETWORK, code)) return NETWORK[code];
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) return TLS;
  if (/does not support SSL|SSL connection/i.test(error.message)) return TLS;
  if (/timeout expired|timeout exceeded/i.test(error.message)) return NETWORK['ETIMEDOUT'];
  if (
    /terminated|not queryable|Client has encountered a connection error|before secure TLS/i.test(
      error.message,
    )
  )
    return NETWORK['ECONNRESET'];
  if (/SASL|SCRAM|password/i.test(error.message)) return BY_STATE['28P01'];
  return undefined;
}

const TLS: Outcome = {
  code: 'tlsFailed',
  retry: 'never',
  blame: 'config',
  advice: 'Check `tls` and `ca` of the connection.',
};

const ROW_SECURITY: Outcome = {
  code: 'permissionDenied',
  retry: 'never',
  advice:
    'A policy would hide rows, and hidden rows would count as deleted. Use a role with BYPASSRLS, or read a view that says what is meant.',
};
