import type { Command } from './measure.ts';

/** One way to do the work. The first contender is ours; `isFloor` marks the raw drain that bounds everyone. */
export interface Contender {
  readonly name: string;
  readonly command: Command;
  /** Puts things back before each run; not timed. */
  readonly reset?: () => Promise<void>;
  /** What counts instead of the time of the whole process, from what it printed. */
  readonly seconds?: (output: string) => number;
  /** Throws when the result is not what it must be; not timed. */
  readonly check?: () => Promise<void>;
}

export interface Goal {
  readonly text: string;
  /** Passed the medians by contender; returns the figure and whether it is reached. */
  readonly judge: (medians: Readonly<Record<string, Median>>) => {
    readonly figure: string;
    readonly isReached: boolean;
  };
}

export interface Median {
  readonly seconds: number;
  readonly clientCpuSeconds: number;
  readonly serverCpuSeconds: number;
  readonly peakMemoryBytes: number;
}

export interface PreparedBenchmark extends AsyncDisposable {
  readonly data: string;
  readonly serverProcesses: readonly number[];
  readonly contenders: readonly Contender[];
  readonly goals: readonly Goal[];
}

export interface BenchmarkOptions {
  /** 1 is the size in the issue; smaller for trying out. */
  readonly scale: number;
  readonly folder: string;
}

export interface Benchmark {
  readonly name: string;
  readonly prepare: (options: BenchmarkOptions, signal: AbortSignal) => Promise<PreparedBenchmark>;
}

/** `ours / other <= limit`, in wall seconds. */
export function ratioGoal(ours: string, other: string, limit: number, text: string): Goal {
  return {
    text,
    judge(medians) {
      const ratio = (medians[ours]?.seconds ?? Number.NaN) / (medians[other]?.seconds ?? Number.NaN);
      return { figure: `${ratio.toFixed(2)} ×`, isReached: ratio <= limit };
    },
  };
}

/** `other / ours >= limit`: how many times faster we are. */
export function fasterGoal(ours: string, other: string, limit: number, text: string): Goal {
  return {
    text,
    judge(medians) {
      const ratio = (medians[other]?.seconds ?? Number.NaN) / (medians[ours]?.seconds ?? Number.NaN);
      return { figure: `${ratio.toFixed(2)} × faster`, isReached: ratio >= limit };
    },
  };
}

export function secondsGoal(ours: string, limit: number, text: string): Goal {
  return {
    text,
    judge(medians) {
      const seconds = medians[ours]?.seconds ?? Number.NaN;
      return { figure: `${seconds.toFixed(1)} s`, isReached: seconds <= limit };
    },
  };
}

export function memoryGoal(ours: string, limitMegabytes: number): Goal {
  return {
    text: `peak memory ≤ ${limitMegabytes} MB`,
    judge(medians) {
      const megabytes = (medians[ours]?.peakMemoryBytes ?? Number.NaN) / 1e6;
      return { figure: `${megabytes.toFixed(0)} MB`, isReached: megabytes <= limitMegabytes };
    },
  };
}
