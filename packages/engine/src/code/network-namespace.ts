import { spawnSync } from 'node:child_process';

let prefix: readonly string[] | undefined;

/**
 * The words before a command that give it a network of its own without any interface, where this machine lets us make one
 * (Linux with unprivileged user namespaces); else none. Node's permissions do not cover the network in Node 24.
 */
export function networkNamespacePrefix(): readonly string[] {
  prefix ??= probe();
  return prefix;
}

function probe(): readonly string[] {
  if (process.platform !== 'linux') return [];
  const words = ['unshare', '--user', '--map-current-user', '--net', '--'];
  const { status } = spawnSync(words[0] as string, [...words.slice(1), 'true'], {
    stdio: 'ignore',
    timeout: 2000,
  });
  return status === 0 ? words : [];
}
