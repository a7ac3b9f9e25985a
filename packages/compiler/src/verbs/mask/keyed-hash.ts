/** The two halves of the key, as SQL. */
export interface KeySql {
  readonly inner: string;
  readonly outer: string;
}

/**
 * HMAC with SHA-256, with two independent keys in the place of the padded one: each fills a block of the hash. What it is
 * used for stands before the message, so that no use tells anything of another. `message` is text or BLOB.
 */
export function keyedHash(purpose: Purpose, message: string, { inner, outer }: KeySql): string {
  return `sha256(${outer} || sha256(${inner} || '${purpose}:' || ${message}))`;
}

export type Purpose = 'hash' | 'token' | 'stream' | 'shift';

const TAG_DIGITS = 32;
const BLOCK_BYTES = 32;

/** What a token begins with: it tells the text, and begins the stream that hides it. */
export function tokenTag(text: string, key: KeySql): string {
  return `left(${keyedHash('token', text, key)}, ${TAG_DIGITS})`;
}

/**
 * Deterministic encryption with a synthetic initialization vector (the SIV of RFC 5297), with the keyed hash as its pseudorandom
 * function: the tag, then the text under a stream of which the tag is the start.
 */
export function token(text: string, tag: string, key: KeySql): string {
  const length = `octet_length(encode(${text}))`;
  return `CASE WHEN ${text} = '' THEN ${tag} ELSE ${tag} || lower(hex(${hidden(`encode(${text})`, length, tag, key)})) END`;
}

/** The bytes of a token's text; NULL when it has not the form of a token, empty for the empty text. */
export function tokenBytes(value: string, key: KeySql): string {
  const form = `regexp_full_match(${value}, '[0-9a-f]{${TAG_DIGITS}}([0-9a-f]{2})*')`;
  const rest = `substr(${value}, ${TAG_DIGITS + 1})`;
  const length = `(length(${rest}) // 2)`;
  const bytes = hidden(`unhex(${rest})`, length, `left(${value}, ${TAG_DIGITS})`, key);
  return `CASE WHEN NOT ${form} THEN NULL WHEN ${rest} = '' THEN ''::BLOB ELSE ${bytes} END`;
}

/** The text of a token whose bytes are known; NULL when it was made with another key. */
export function tokenText(value: string, bytes: string, { inner, outer }: KeySql): string {
  const tag = `left(sha256(${outer} || sha256(encode(${inner} || 'token:') || ${bytes})), ${TAG_DIGITS})`;
  return `CASE WHEN ${tag} = left(${value}, ${TAG_DIGITS}) THEN decode(${bytes}) END`;
}

function hidden(bytes: string, length: string, tag: string, key: KeySql): string {
  const blocks = `range(CAST((${length} + ${BLOCK_BYTES - 1}) // ${BLOCK_BYTES} AS BIGINT))`;
  const block = keyedHash('stream', `${tag} || ':' || block`, key);
  const stream = `left(array_to_string(list_transform(${blocks}, lambda block: ${block}), ''), 2 * ${length})`;
  return `CAST(xor(CAST(${bytes} AS BIT), CAST(unhex(${stream}) AS BIT)) AS BLOB)`;
}

/** Days that only the key tells, from -most to most and never 0; NULL of NULL. */
export function shiftDays(subject: string, most: number, key: KeySql): string {
  const drawn = `CAST('0x' || left(${keyedHash('shift', subject, key)}, 15) AS BIGINT) % ${2 * most}`;
  return `CAST(${drawn} - CASE WHEN ${drawn} < ${most} THEN ${most} ELSE ${most - 1} END AS INTEGER)`;
}
