import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { findProgram, lastLine } from './debian-packages.ts';
import { runCommand } from './run-command.ts';

export interface ExtractedDebianPackages {
  readonly suite: string;
  readonly packages: readonly string[];
  /** Name of the cache folder; delete that folder to fetch newer packages. */
  readonly cacheName: string;
}

/**
 * Fetches packages of another Debian release with everything they depend on and unpacks them into a cache folder.
 * Nothing is installed, no root and no chroot is needed: `programInExtracted` runs their programs on their own C library.
 * apt checks the signatures and uses the mirror and proxy that this machine's apt uses.
 */
export async function extractDebianPackages(
  wanted: ExtractedDebianPackages,
  signal: AbortSignal,
): Promise<{ readonly folder: string } | { readonly skipped: string }> {
  const missing = ['apt-get', 'dpkg-deb'].find((program) => findProgram(program) === undefined);
  if (missing !== undefined) {
    return {
      skipped: `needs ${wanted.packages.join(', ')} of Debian ${wanted.suite}, and this machine has no ${missing}`,
    };
  }
  try {
    return {
      folder: await cachedFolder(wanted.cacheName, (folder) => fetchAndUnpack(wanted, folder, signal)),
    };
  } catch (error) {
    signal.throwIfAborted();
    return {
      skipped: `cannot fetch ${wanted.packages.join(', ')} of Debian ${wanted.suite}: ${lastLine(error)}`,
    };
  }
}

/**
 * Fetches one package of the release at hand and unpacks it into a cache folder, without what it depends on: for files
 * of a package that would start a service of its own when it is installed.
 */
export async function extractOneDebianPackage(
  name: string,
  signal: AbortSignal,
): Promise<{ readonly folder: string } | { readonly skipped: string }> {
  const missing = ['apt-get', 'apt-cache', 'dpkg-deb'].find((program) => findProgram(program) === undefined);
  if (missing !== undefined) return { skipped: `needs ${name}, and this machine has no ${missing}` };
  try {
    const shown = await runCommand('apt-cache', ['show', '--no-all-versions', name], {}, signal);
    const version = /^Version: (\S+)/m.exec(shown)?.[1] ?? '';
    const cacheName = `${name}-${version.replaceAll(/[^\w.+~-]/g, '-')}`;
    return {
      folder: await cachedFolder(cacheName, async (folder) => {
        const sandbox = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
        await runCommand(
          'apt-get',
          [...sandbox, '-qq', 'download', `${name}=${version}`],
          { cwd: folder },
          signal,
        );
        for (const file of await readdir(folder)) {
          await runCommand('dpkg-deb', ['-x', join(folder, file), folder], {}, signal);
          await rm(join(folder, file));
        }
      }),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { skipped: `cannot fetch ${name}: ${lastLine(error)}` };
  }
}

/** Command and first arguments that run a program of an extracted folder with that folder's loader and libraries. */
export async function programInExtracted(
  folder: string,
  program: string,
): Promise<readonly [string, ...string[]]> {
  const libraries = join(folder, 'usr/lib');
  const architecture = (await readdir(libraries)).find((name) => name.endsWith('-linux-gnu'));
  const libraryFolder = join(libraries, architecture ?? '');
  const loader = (await readdir(libraryFolder)).find((name) => name.startsWith('ld-linux'));
  if (loader === undefined) throw new Error(`${libraryFolder} has no loader; delete ${folder} and run again`);
  return [join(libraryFolder, loader), '--library-path', libraryFolder, join(folder, program)];
}

async function fetchAndUnpack(
  wanted: ExtractedDebianPackages,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const apt = join(folder, 'apt');
  await mkdir(join(apt, 'lists/partial'), { recursive: true });
  await mkdir(join(apt, 'cache/archives/partial'), { recursive: true });
  await mkdir(join(apt, 'none'));
  await writeFile(join(apt, 'status'), '');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signedBy = existsSync(keyring) ? `[signed-by=${join(apt, 'keyring.gpg')}] ` : '';
  if (signedBy !== '') await copyFile(keyring, join(apt, 'keyring.gpg'));
  await writeFile(join(apt, 'sources.list'), `deb ${signedBy}${await mirror(signal)} ${wanted.suite} main\n`);
  // An empty status file makes apt resolve the packages down to the C library, as for an empty machine.
  const settings = Object.entries({
    'Dir::State': apt,
    'Dir::State::status': join(apt, 'status'),
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': join(apt, 'none'),
    'Dir::Etc::preferences': join(apt, 'none.pref'),
    'Dir::Etc::preferencesparts': join(apt, 'none'),
    // Frozen mirrors serve release lists past their date; they are signed all the same.
    'Acquire::Check-Valid-Until': 'false',
    // The download user of a root apt cannot enter a private cache folder.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runCommand('apt-get', [...settings, '-qq', 'update'], {}, signal);
  const install = ['-qq', '-y', '--no-install-recommends', '--download-only', 'install', ...wanted.packages];
  await runCommand('apt-get', [...settings, ...install], {}, signal);
  const archives = join(apt, 'cache/archives');
  for (const name of await readdir(archives)) {
    if (name.endsWith('.deb')) await runCommand('dpkg-deb', ['-x', join(archives, name), folder], {}, signal);
  }
  await rm(apt, { recursive: true });
}

async function mirror(signal: AbortSignal): Promise<string> {
  const configured = await runCommand(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)'],
    {},
    signal,
  ).catch(() => '');
  return configured.split('\n').find((uri) => /\/debian\/?$/.test(uri)) ?? 'http://deb.debian.org/debian';
}
