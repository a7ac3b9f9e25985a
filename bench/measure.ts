import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What one run of a command cost. CPU seconds are user + system. */
export interface Measurement {
  readonly seconds: number;
  /** Of the command and every process below it. */
  readonly clientCpuSeconds: number;
  /** Of the database servers named to the measurement and every process below them, ended ones too. */
  readonly serverCpuSeconds: number;
  /** Largest sum of resident memory over the command's process tree, sampled every 50 ms. */
  readonly peakMemoryBytes: number;
  readonly output: string;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** Fields of `statFields`: utime and stime; cutime and cstime. */
const OWN_TIMES = [11, 12];
const ENDED_CHILDREN_TIMES = [13, 14];

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a command as a cold process and accounts for it and the servers it talks to. Rejects when it fails. */
export async function measureCommand(
  command: Command,
  serverProcesses: readonly number[],
): Promise<Measurement> {
  const serverBefore = serverProcesses.map(serverCpuSeconds).reduce(add, 0);
  const start = process.hrtime.bigint();
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tree = new Map<number, number>();
  let peakMemoryBytes = 0;
  const sample = setInterval(() => {
    peakMemoryBytes = Math.max(peakMemoryBytes, sampleTree(child.pid as number, tree));
  }, 50);
  const { code, output } = await collect(child);
  clearInterval(sample);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (code !== 0)
    throw new Error(`${command.program} ${command.args.join(' ')} ended with ${code}:\n${output}`);
  return {
    seconds,
    clientCpuSeconds: [...tree.values()].reduce(add, 0),
    serverCpuSeconds: serverProcesses.map(serverCpuSeconds).reduce(add, 0) - serverBefore,
    peakMemoryBytes,
    output,
  };
}

function collect(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Sums memory over the tree below `root` and notes each process's CPU seconds so far. */
function sampleTree(root: number, cpuByProcess: Map<number, number>): number {
  let bytes = 0;
  for (const [processId, fields] of treeBelow(root)) {
    cpuByProcess.set(processId, ticks(fields, OWN_TIMES));
    bytes += Number(fields[21]) * PAGE_BYTES;
  }
  return bytes;
}

/**
 * CPU seconds of a server. PostgreSQL works in children: those that live count by their own times, and those that ended by
 * the times that their parent inherited.
 */
function serverCpuSeconds(processId: number): number {
  return [...treeBelow(processId).values()]
    .map((fields) => ticks(fields, [...OWN_TIMES, ...ENDED_CHILDREN_TIMES]))
    .reduce(add, 0);
}

/** A process and those below it, with the fields of each. */
function treeBelow(root: number): Map<number, readonly string[]> {
  const all = new Map<number, readonly string[]>();
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statFields(Number(name)) : undefined;
    if (fields !== undefined) all.set(Number(name), fields);
  }
  const isBelow = (processId: number): boolean => {
    for (let at = processId; at > 1; at = Number(all.get(at)?.[1] ?? 0)) if (at === root) return true;
    return false;
  };
  return new Map([...all].filter(([processId]) => isBelow(processId)));
}

function ticks(fields: readonly string[], times: readonly number[]): number {
  return times.map((index) => Number(fields[index])).reduce(add, 0) / TICKS_PER_SECOND;
}

/** The fields of /proc/PID/stat after the command's name: state, parent, … (proc_pid_stat(5) from field 3). */
function statFields(processId: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function add(left: number, right: number): number {
  return left + right;
}
