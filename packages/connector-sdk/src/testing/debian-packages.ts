import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './run-command.ts';

export interface DebianPackages {
  readonly packages: readonly string[];
  /** Programs that the packages bring: names looked up on PATH and in the sbin folders, or absolute paths. */
  readonly binaries: readonly string[];
}

let installation: Promise<unknown> = Promise.resolve();

/**
 * Installs Debian packages unless all their programs are here already. Needs root, or sudo without a password.
 * Resolves with undefined when the programs are here, otherwise with a one-line reason why they are not.
 */
export function ensureDebianPackages(
  wanted: DebianPackages,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (wanted.binaries.every((name) => findProgram(name) !== undefined)) return Promise.resolve(undefined);
  const result = installation.then(() => install(wanted, signal));
  installation = result.catch(() => undefined);
  return result;
}

/** The full path of a program on PATH or in the sbin folders, which are not on an ordinary user's PATH. */
export function findProgram(name: string): string | undefined {
  if (name.startsWith('/')) return existsSync(name) ? name : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function install(
  { packages, binaries }: DebianPackages,
  signal: AbortSignal,
): Promise<string | undefined> {
  const command = `apt-get install ${packages.join(' ')}`;
  if (findProgram('apt-get') === undefined)
    return `needs ${packages.join(', ')}, and this machine has no apt-get`;
  const isRoot = process.getuid?.() === 0;
  // RUNLEVEL=1 keeps the packages from starting their own server.
  const asRoot = [
    ...(isRoot ? [] : ['sudo', '-n']),
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'RUNLEVEL=1',
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=300',
    '-qq',
  ];
  const apt = (...args: string[]): Promise<string> =>
    runCommand(asRoot[0] as string, [...asRoot.slice(1), ...args], {}, signal);
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...packages);
  } catch (error) {
    signal.throwIfAborted();
    return `needs ${packages.join(', ')}; run ${isRoot ? '' : 'sudo '}${command} (${lastLine(error)})`;
  }
  const missing = binaries.filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? undefined : `${command} brought no ${missing.join(', ')}`;
}

/** The last line of what a failed program said. */
export function lastLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';
}
