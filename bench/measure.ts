import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What one run of a command cost. CPU seconds are user + system. */
export interface Measurement {
  readonly seconds: number;
  /** Of the command and every process below it. */
  readonly clientCpuSeconds: number;
  /** Of the database servers named to the measurement. */
  readonly serverCpuSeconds: number;
  /** Largest sum of resident memory over the command's process tree, sampled every 50 ms. */
  readonly peakMemoryBytes: number;
  readonly output: string;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

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
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const processId = Number(name);
    if (!Number.isInteger(processId)) continue;
    const fields = statFields(processId);
    if (fields !== undefined) parents.set(processId, Number(fields[1]));
  }
  let bytes = 0;
  for (const processId of parents.keys()) {
    if (!isBelow(processId, root, parents)) continue;
    cpuByProcess.set(processId, cpuSeconds(processId));
    bytes += Number(statFields(processId)?.[21] ?? 0) * PAGE_BYTES;
  }
  return bytes;
}

function isBelow(processId: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = processId; at !== undefined && at > 1; at = parents.get(at)) {
    if (at === root) return true;
  }
  return false;
}

/** CPU seconds of a server and of its processes that ended: a backend's time counts once it is gone. */
function serverCpuSeconds(processId: number): number {
  const fields = statFields(processId);
  if (fields === undefined) return 0;
  return fields.slice(11, 15).map(Number).reduce(add, 0) / TICKS_PER_SECOND;
}

function cpuSeconds(processId: number): number {
  const fields = statFields(processId);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
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
