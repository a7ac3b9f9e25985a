import { existsSync } from 'node:fs';

/**
 * A command with its arguments so that what it starts does not outlive this process: on Linux the kernel sends it the signal
 * when this process dies in any way. `spawn(...tiedCommand(program, args), options)`; the process id stays the program's own.
 */
export function tiedCommand(
  command: string,
  args: readonly string[],
  parentDeathSignal: NodeJS.Signals = 'SIGKILL',
): [string, readonly string[]] {
  const setpriv = '/usr/bin/setpriv';
  if (process.platform !== 'linux' || !existsSync(setpriv)) return [command, args];
  // It replaces itself by the command.
  return [setpriv, ['--pdeathsig', parentDeathSignal.slice(3), '--', command, ...args]];
}
