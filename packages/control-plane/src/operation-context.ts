import type { RunEvent } from '@millrace/engine';

import { LOCAL_CALLER } from './identity/caller.ts';
import type { Caller } from './identity/caller.ts';
import { loadProject, requireProject } from './project/project.ts';
import type { Project } from './project/project.ts';
import { openProjectHost } from './project-host.ts';
import type { ProjectHost, ProjectHostOptions } from './project-host.ts';
import { chooseEnvironment } from './project/resolve-connections.ts';

/** What is particular to one caller. */
export interface OperationContextOptions {
  /** Paths in messages are relative to it. */
  readonly workingFolder: string;
  readonly environmentName: string | undefined;
  readonly caller?: Caller;
  /** Sees the events of runs as they happen; redacted. */
  readonly watch?: (event: RunEvent) => void;
}

/** What operations work with: the host's things, and those of one caller. */
export interface OperationContext extends Omit<ProjectHost, typeof Symbol.asyncDispose> {
  readonly workingFolder: string;
  readonly caller: Caller;
  readonly watch: (event: RunEvent) => void;
  /** The project as its file says it now; read once. */
  readonly project: () => Promise<Project>;
  /** The name of the environment that holds; undefined when the project has none. */
  readonly environmentName: () => Promise<string | undefined>;
}

/** Those whose folder was a project when it was looked at first. */
const projects = new WeakSet<ProjectHost>();

/** A context of one call, or of one command; the host is closed by who opened it. */
export function contextOf(host: ProjectHost, options: OperationContextOptions): OperationContext {
  const { projectFolder } = host;
  const { workingFolder } = options;
  let project: Promise<Project> | undefined;
  const loadedProject = (): Promise<Project> => (project ??= loadProject(projectFolder, workingFolder));
  return {
    projectFolder,
    environment: host.environment,
    registry: host.registry,
    secrets: host.secrets,
    redactor: host.redactor,
    owner: host.owner,
    live: host.live,
    runner: host.runner,
    warehouseHost: host.warehouseHost,
    queries: host.queries,
    startRunner: host.startRunner,
    workingFolder,
    caller: options.caller ?? LOCAL_CALLER,
    watch: options.watch ?? (() => undefined),
    project: loadedProject,
    environmentName: async () => chooseEnvironment(await loadedProject(), options.environmentName),
    store: async () => {
      if (!projects.has(host)) requireProject(projectFolder, workingFolder);
      projects.add(host);
      return await host.store();
    },
  };
}

/** A host and its only context, for a process that does one thing. */
export function createOperationContext(
  options: ProjectHostOptions & OperationContextOptions,
): OperationContext & AsyncDisposable {
  const host = openProjectHost(options);
  return { ...contextOf(host, options), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}
