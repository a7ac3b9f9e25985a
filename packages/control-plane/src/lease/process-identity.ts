import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names a process so that its end can be noticed at once on the same machine: host, boot, pid and start time
 * (a pid is given again to others; pid and start time together are not, within one boot).
 */
export function processIdentity(pid: number = process.pid): string {
  return [hostname(), bootId(), pid, startTime(pid) ?? '?'].join('/');
}

/** False only if the process is certainly gone; undefined when this machine cannot tell. */
export function isProcessAlive(identity: string): boolean | undefined {
  const [host, boot, pidText, start] = identity.split('/');
  if (host !== hostname() || pidText === undefined) return undefined;
  if (boot !== bootId()) return false;
  const pid = Number(pidText);
  if (start !== '?') return startTime(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? false : undefined;
  }
}

/** The pid in an identity, for messages. */
export function pidOf(identity: string): string {
  return identity.split('/')[2] ?? '?';
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '?';
  }
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; zombies count as gone. Undefined without /proc or without the process. */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
