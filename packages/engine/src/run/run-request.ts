import type { Plan } from '@millrace/compiler';
import type { ConnectorRegistry } from '@millrace/connector-sdk';

import type { RunEvent } from './run-event.ts';

/** Everything a runner process needs to execute one attempt of one run; crosses a process boundary as JSON. */
export interface RunRequest {
  readonly plan: Plan;
  readonly runId: string;
  /** 1 for the first, counting up when a killed run is taken up again. */
  readonly attempt: number;
  readonly fenceToken: number;
  /** Resolved connections by name; holds secrets, so it is never logged, stored or put into an event. */
  readonly connections: Readonly<Record<string, ResolvedConnection>>;
  /** Keys by the references of the plan's masks (`maskKey`); secrets like those of connections. */
  readonly maskKeys?: Readonly<Record<string, string>>;
  readonly folders: RunFolders;
  readonly limits: RunLimits;
  /** Ids of the tasks to run; all when left out. The rows of the others stand as they are. */
  readonly tasks?: readonly string[];
  /** Read everything again and publish it as a new full version, whatever the saved position says. */
  readonly isFullRefresh: boolean;
  /** Compare source and destination of every table, also where the run found nothing new. */
  readonly isVerified: boolean;
  /** Do all but publish into destinations; what is kept on this machine is kept in `folders` all the same. */
  readonly isDry?: true;
}

export interface ResolvedConnection {
  readonly connector: string;
  readonly config: unknown;
  /** Where the process listens that owns the system; without it, whoever opens the connection does. */
  readonly host?: string;
}

export interface RunFolders {
  /** Load packages: `<stage>/<pipeline>/<task>/<run>-<attempt>/`. */
  readonly stage: string;
  readonly quarantine: string;
  /** For files that die with the attempt. */
  readonly scratch: string;
}

export interface RunLimits {
  /** Tables in work at the same time. */
  readonly parallelTables: number;
  /** Memory of the staging engine in bytes. */
  readonly memoryBytes: number;
  readonly threads: number;
  /** Load packages to keep per table beyond what the current state needs. */
  readonly keepPackages: number;
  /** What those may take together, in bytes per table; the oldest go first. */
  readonly keepBytes: number;
  /** Attempts of a table within a run for errors with `retry: 'backoff'`. */
  readonly maxTries: number;
}

/** What the composition root gives to a run beside the request. */
export interface RunContext {
  readonly registry: ConnectorRegistry;
  /** Module that exports `registry`, importable from a worker thread. */
  readonly registryModule: URL;
  readonly emit: (event: RunEvent) => void;
  /** Called at each named point of each task, so that a test can kill the process exactly there. */
  readonly onPoint?: (point: RunPoint, task: string) => void;
}

/** The points of a task at which a killed run must be able to go on, in order. */
export type RunPoint =
  | 'planned'
  | 'extracting'
  | 'staged'
  | 'manifestWritten'
  | 'checked'
  | 'publish:staged'
  | 'publish:beforeCommit'
  | 'publish:afterCommit'
  | 'recorded';
