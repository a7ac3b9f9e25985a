import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that was found. It never holds the secret itself, so that it can be printed. */
export interface SecretFinding {
  /** Index into the list of secrets that was searched for. */
  readonly secret: number;
  /** How the secret was written, such as `plain`, `base64` or `json in url`. */
  readonly encoding: string;
  /** Offset of its first byte. */
  readonly offset: number;
}

export interface SecretFindingInFile extends SecretFinding {
  readonly path: string;
}

type Encoder = (bytes: Buffer) => readonly string[];

// Everything below works on `latin1` strings, in which each character is one byte.
const toText = (bytes: Buffer): string => bytes.toString('latin1');
const fromText = (text: string): Buffer => Buffer.from(text, 'latin1');

const encoders: Readonly<Record<string, Encoder>> = {
  plain: (bytes) => [toText(bytes)],
  url: (bytes) => urlForms(bytes.toString('utf8')),
  json: (bytes) => jsonForms(bytes.toString('utf8')),
  html: (bytes) => htmlForms(toText(bytes)),
  quoted: (bytes) => [
    toText(bytes).replaceAll("'", "''"),
    toText(bytes).replaceAll(/['"\\]/g, String.raw`\$&`),
  ],
  shell: (bytes) => [toText(bytes).replaceAll("'", String.raw`'\''`)],
  base64: (bytes) => base64Forms(bytes),
  hex: (bytes) => [bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
};

// A fragment of base64 that is shorter occurs by chance in any large text.
const minimumPatternLength = 8;

/**
 * Finds secrets in a text, written plainly or as URL, JSON, HTML, SQL, shell, base64 (at any alignment) or hexadecimal,
 * or as any one of these inside any other. Secrets shorter than four bytes are refused: they occur by chance.
 */
export function findSecrets(text: string | Uint8Array, secrets: readonly string[]): SecretFinding[] {
  const haystack = toText(Buffer.from(text as string));
  return secrets.flatMap((secret, index) => {
    const found: SecretFinding[] = [];
    for (const [pattern, encoding] of patternsFor(secret)) {
      const offset = haystack.indexOf(pattern);
      if (offset >= 0) found.push({ secret: index, encoding, offset });
    }
    return found;
  });
}

/** Searches every file in a folder and the folders below it; follows no symbolic link. */
export function findSecretsInFiles(folder: string, secrets: readonly string[]): SecretFindingInFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => findSecrets(readFileSync(path), secrets).map((finding) => ({ path, ...finding })));
}

function patternsFor(secret: string): Map<string, string> {
  const plain = Buffer.from(secret, 'utf8');
  if (plain.length < 4) throw new RangeError('A secret shorter than four bytes cannot be searched for');
  const patterns = new Map<string, string>();
  const add = (pattern: string, encoding: string): void => {
    const isLongEnough = pattern.length >= Math.min(minimumPatternLength, plain.length);
    if (isLongEnough && !patterns.has(pattern)) patterns.set(pattern, encoding);
  };
  const once = Object.entries(encoders).flatMap(([name, encode]) =>
    encode(plain).map((text) => [name, text] as const),
  );
  for (const [name, text] of once) add(text, name);
  for (const [inner, text] of once) {
    for (const [outer, encode] of Object.entries(encoders)) {
      for (const again of encode(fromText(text))) add(again, `${inner} in ${outer}`);
    }
  }
  return patterns;
}

function urlForms(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(/[!'()*]/g, percent);
  const everything = [...Buffer.from(text)].map((byte) => percentByte(byte)).join('');
  const forms = [encodeURI(text), component, strict, strict.replaceAll('%20', '+'), everything];
  return forms.flatMap((form) => [form, form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function percent(character: string): string {
  return percentByte(character.charCodeAt(0));
}

function percentByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function jsonForms(text: string): string[] {
  const inside = JSON.stringify(text).slice(1, -1);
  const ascii = inside.replaceAll(/[^\x20-\x7e]/g, unicodeEscape);
  // PHP and some Java writers escape the slash; writers of JSON inside HTML escape these five.
  const slashes = inside.replaceAll('/', String.raw`\/`);
  const markup = inside.replaceAll(/[<>&'=]/g, unicodeEscape);
  return [inside, ascii, slashes, markup].flatMap((form) => [toText(Buffer.from(form))]);
}

function unicodeEscape(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function htmlForms(text: string): string[] {
  const named = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [named, ...['&#39;', '&#x27;', '&apos;'].map((apostrophe) => named.replaceAll("'", apostrophe))];
}

/** The characters of base64 that depend on the secret alone, for each position it may have in a group of three bytes. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const whole = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
