import { readFileSync, readdirSync } from 'node:fs';

import { serveFolder } from './served-project.ts';

// node bench/start-and-idle.ts FOLDER: starts the server of a project; prints the seconds until it answers, and what all of
// its processes hold in memory when nobody asked for anything for five seconds.
const IDLE_MS = 5_000;
const startedAt = performance.now();
await using server = await serveFolder(process.argv[2] ?? '', '--no-auth');
const answer = await fetch(`${server.url}/api/runs/list-runs`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
});
const page = await fetch(server.url);
if (!answer.ok || !page.ok) throw new Error(`The server answered ${answer.status} and ${page.status}.`);
await Promise.all([answer.text(), page.text()]);
const ready = (performance.now() - startedAt) / 1000;
await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
console.log(JSON.stringify({ ready, idleMegabytes: residentBytes(server.pid) / 1e6 }));

/** Of a process and all below it. */
function residentBytes(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return [...parents.keys()].filter(isBelow).reduce((sum, pid) => sum + residentOf(pid), 0);
}

function residentOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
