// Plain JavaScript that an older Node can parse: it finds and runs the Node that the project brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first release that runs the sources as they are. */
export const minimumVersion = '24.12.0';

export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
export const binFolder = join(projectFolder, 'node_modules', '.bin');
const windowsSuffix = process.platform === 'win32' ? '.exe' : '';
export const localNode = join(projectFolder, 'node_modules', 'node', 'bin', `node${windowsSuffix}`);

/** Whether a version such as 24.21.0 is the minimum or newer. */
export function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  const [minimumMajor, minimumMinor] = minimumVersion.split('.').map(Number);
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}

/** A Node that can run the project: the local one, or the running one when it is new enough. */
export function usableNode() {
  if (existsSync(localNode)) return localNode;
  return isNewEnough(process.versions.node) ? process.execPath : undefined;
}

/** Runs a program in place of this process: same terminal, signals passed on, same exit. */
export function become(program, args) {
  // Without its install script npm makes no link to the local Node in the bin folder.
  const path = [dirname(localNode), binFolder, process.env.PATH ?? ''].join(delimiter);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, PATH: path } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // A terminal sends ^C to the child as well, and many programs take the second one as "now!".
      const isFromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (!isFromTerminal) child.kill(signal);
    });
  }
  child.once('error', (error) => {
    console.error(`Cannot run ${program}: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
