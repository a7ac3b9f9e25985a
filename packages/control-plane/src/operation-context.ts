import { homedir } from 'node:os';
import { join } from 'node:path';

import type { ConnectorRegistry } from '@millrace/connector-sdk';
import type { RunEvent } from '@millrace/engine';

import { processIdentity } from './lease/process-identity.ts';
import { loadProject, requireProject } from './project/project.ts';
import type { Project } from './project/project.ts';
import type { ValueSources } from './project/resolve-connections.ts';
import { chooseEnvironment } from './project/resolve-connections.ts';
import type { Runner } from './runner/runner-client.ts';
import { Redactor } from './secrets/redactor.ts';
import { SecretStore } from './secrets/secret-store.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/open-store.ts';

/** The folder of a project that holds its state; never committed. */
export const STATE_FOLDER = '.millrace';

/** What a composition root gives to make operations work on one project. */
export interface OperationContextOptions {
  readonly projectFolder: string;
  /** Paths in messages are relative to it. */
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly environmentName: string | undefined;
  readonly registry: ConnectorRegistry;
  readonly startRunner: () => Runner;
  /** Sees the events of runs as they happen; redacted. */
  readonly watch?: (event: RunEvent) => void;
}

/** What operations work with. Store, project and runner are opened on first use and closed with the context. */
export interface OperationContext extends AsyncDisposable, ValueSources {
  readonly projectFolder: string;
  readonly workingFolder: string;
  readonly registry: ConnectorRegistry;
  /** Identity of this process, for leases. */
  readonly owner: string;
  readonly watch: (event: RunEvent) => void;
  readonly project: () => Promise<Project>;
  /** The name of the environment that holds; undefined when the project has none. */
  readonly environmentName: () => Promise<string | undefined>;
  readonly store: () => Promise<Store>;
  /** The runner process; a new one when the last has ended. */
  readonly runner: () => Runner;
}

/** A folder that is no project gets no state. */
async function openProjectStore(projectFolder: string, workingFolder: string): Promise<Store> {
  requireProject(projectFolder, workingFolder);
  return await openStore(join(projectFolder, STATE_FOLDER, 'state.db'));
}

export function createOperationContext(options: OperationContextOptions): OperationContext {
  const { environment, projectFolder, workingFolder } = options;
  let project: Promise<Project> | undefined;
  let store: Promise<Store> | undefined;
  let runner: Runner | undefined;
  const loadedProject = (): Promise<Project> => (project ??= loadProject(projectFolder, workingFolder));
  return {
    projectFolder,
    workingFolder,
    environment,
    registry: options.registry,
    secrets: new SecretStore(join(projectFolder, STATE_FOLDER, 'secrets.json'), {
      passphrase: environment['MILLRACE_SECRET_KEY'],
      keyFile: join(
        environment['XDG_CONFIG_HOME'] || join(environment['HOME'] || homedir(), '.config'),
        'millrace',
        'secret.key',
      ),
    }),
    redactor: new Redactor(),
    owner: processIdentity(),
    watch: options.watch ?? (() => undefined),
    project: loadedProject,
    environmentName: async () => chooseEnvironment(await loadedProject(), options.environmentName),
    store: () => (store ??= openProjectStore(projectFolder, workingFolder)),
    runner: () => {
      if (!runner || runner.isDead) runner = options.startRunner();
      return runner;
    },
    async [Symbol.asyncDispose]() {
      await runner?.[Symbol.asyncDispose]();
      const opened = await store?.catch(() => undefined);
      await opened?.[Symbol.asyncDispose]();
    },
  };
}
