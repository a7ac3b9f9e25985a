import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

/**
 * Secrets of a project: AES-256-GCM in `.millrace/secrets.json`, each bound to its name. The key lies outside the
 * project, so that a copied or committed project folder gives nothing away: `MILLRACE_SECRET_KEY` (any text; stretched
 * by scrypt with the file's own salt), or a random key file (0600) that is made on first use.
 */
export class SecretStore {
  readonly #path: string;
  readonly #keySource: KeySource;

  constructor(path: string, keySource: KeySource) {
    this.#path = path;
    this.#keySource = keySource;
  }

  /** The secret's value; undefined when there is none by this name. Throws `configInvalid` when the key does not fit. */
  async read(name: string): Promise<string | undefined> {
    const file = await this.#readFile();
    const sealed = file && Object.hasOwn(file.secrets, name) ? file.secrets[name] : undefined;
    if (!file || !sealed) return undefined;
    const key = await this.#key(file.salt, false);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'));
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
      return Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString(
        'utf8',
      );
    } catch (error) {
      throw configError(
        `The secret "${name}" cannot be decrypted: it was written with another key. ` +
          `Set MILLRACE_SECRET_KEY to the key it was written with, or write it again: millrace secrets set ${name}`,
        error,
      );
    }
  }

  async names(): Promise<readonly string[]> {
    const file = await this.#readFile();
    return file ? Object.keys(file.secrets) : [];
  }

  /** Saves or replaces a secret, durably, before returning. */
  async write(name: string, value: string): Promise<void> {
    const file = (await this.#readFile()) ?? {
      version: 1,
      salt: randomBytes(16).toString('base64'),
      secrets: {},
    };
    const key = await this.#key(file.salt, true);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(name));
    const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    const sealed = {
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
    await this.#save({ ...file, secrets: { ...file.secrets, [name]: sealed } });
  }

  /** False when there is none by this name. Needs no key. */
  async remove(name: string): Promise<boolean> {
    const file = await this.#readFile();
    if (!file || !Object.hasOwn(file.secrets, name)) return false;
    const { [name]: _, ...secrets } = file.secrets;
    await this.#save({ ...file, secrets });
    return true;
  }

  #save(file: SecretFile): Promise<void> {
    return writePrivately(this.#path, `${JSON.stringify(file, null, 2)}\n`);
  }

  async #readFile(): Promise<SecretFile | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const parsed: SecretFile = JSON.parse(text);
      if (parsed.version !== 1) throw new Error(`version ${String(parsed.version)}`);
      return parsed;
    } catch (error) {
      throw configError(
        `${this.#path} is not a file of secrets that this Millrace can read. Restore it from a backup, or delete it and add the secrets again.`,
        error,
      );
    }
  }

  async #key(salt: string, mayCreate: boolean): Promise<Buffer> {
    const { passphrase, keyFile } = this.#keySource;
    if (passphrase !== undefined && passphrase !== '')
      return scryptSync(passphrase, Buffer.from(salt, 'base64'), 32);
    try {
      return parseKey(await readFile(keyFile, 'utf8'), keyFile);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    if (!mayCreate) {
      throw configError(
        `The key of the project's secrets is missing: ${keyFile} does not exist and MILLRACE_SECRET_KEY is not set. Restore one of them, or add the secrets again.`,
      );
    }
    return await createKeyFile(keyFile);
  }
}

export interface KeySource {
  /** The value of MILLRACE_SECRET_KEY. */
  readonly passphrase: string | undefined;
  readonly keyFile: string;
}

interface SecretFile {
  readonly version: 1;
  readonly salt: string;
  readonly secrets: Readonly<Record<string, SealedSecret>>;
}

interface SealedSecret {
  readonly nonce: string;
  readonly tag: string;
  readonly data: string;
}

function parseKey(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === 32) return key;
  throw configError(`${path} is not a key: it must hold 32 bytes in base64. Restore it from a backup.`);
}

/** Two processes may do this at once: the first link wins and both read the winner's key. */
async function createKeyFile(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeDurably(draft, `${randomBytes(32).toString('base64')}\n`);
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return parseKey(await readFile(path, 'utf8'), path);
}

async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = join(dirname(path), `.secrets-${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeDurably(draft, text);
  await rename(draft, path);
  await chmod(path, 0o600);
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function configError(message: string, cause?: unknown): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message, cause });
}
