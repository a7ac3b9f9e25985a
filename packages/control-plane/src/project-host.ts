import type { ChildProcess } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { ConnectorRegistry } from '@millrace/connector-sdk';

import { processIdentity } from './lease/process-identity.ts';
import { createLiveFeed } from './live/live-feed.ts';
import type { LiveFeed } from './live/live-feed.ts';
import { requireProject } from './project/project.ts';
import type { ValueSources } from './project/resolve-connections.ts';
import type { Runner } from './runner/runner-client.ts';
import { Redactor } from './secrets/redactor.ts';
import { SecretStore } from './secrets/secret-store.ts';
import { STATE_FOLDER } from './state-folder.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/open-store.ts';
import { RunningQueries } from './warehouse/running-queries.ts';
import { WarehouseHost } from './warehouse/warehouse-host.ts';

/** What a composition root gives to make operations work on one project. */
export interface ProjectHostOptions {
  readonly projectFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly registry: ConnectorRegistry;
  readonly startRunner: () => Runner;
  /** Forks the process that owns the embedded warehouse and listens at an address; without it, whoever needs the warehouse opens it. */
  readonly startWarehouseHost?: (address: string) => ChildProcess;
}

/**
 * What one process keeps of a project between operations: store, runner, secrets, live feed. Opened on first use, and
 * closed with the host. The project's files are not among it: every operation reads them anew.
 */
export interface ProjectHost extends AsyncDisposable, ValueSources {
  readonly projectFolder: string;
  readonly registry: ConnectorRegistry;
  /** Identity of this process, for leases. */
  readonly owner: string;
  readonly live: LiveFeed;
  readonly store: () => Promise<Store>;
  /** The runner process of all; a new one when the last has ended. */
  readonly runner: () => Runner;
  /** Where there is one, it owns the embedded warehouse. */
  readonly warehouseHost: WarehouseHost | undefined;
  /** Questions that run, and the answers that are read page by page. */
  readonly queries: RunningQueries;
  /** A runner process for one purpose; ended by whoever asked for it. */
  readonly startRunner: () => Runner;
}

export function openProjectHost(options: ProjectHostOptions): ProjectHost {
  const { environment, projectFolder } = options;
  let store: Promise<Store> | undefined;
  let runner: Runner | undefined;
  const { startWarehouseHost } = options;
  const warehouseHost = startWarehouseHost && new WarehouseHost(startWarehouseHost);
  const openedStore = (): Promise<Store> =>
    (store ??= openProjectStore(projectFolder, environment['MILLRACE_STORE']));
  return {
    projectFolder,
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
    live: createLiveFeed(openedStore),
    store: openedStore,
    startRunner: options.startRunner,
    runner: () => {
      if (!runner || runner.isDead) runner = options.startRunner();
      return runner;
    },
    warehouseHost,
    queries: new RunningQueries(),
    async [Symbol.asyncDispose]() {
      // A process takes a while to end, and a file to close.
      const endProcesses = async (): Promise<void> => {
        await runner?.[Symbol.asyncDispose]();
        await warehouseHost?.[Symbol.asyncDispose]();
      };
      const closeStore = async (): Promise<void> => {
        const opened = await store?.catch(() => undefined);
        await opened?.[Symbol.asyncDispose]();
      };
      await Promise.all([endProcesses(), closeStore()]);
    },
  };
}

/** A folder that is no project gets no state. */
async function openProjectStore(projectFolder: string, location: string | undefined): Promise<Store> {
  requireProject(projectFolder, projectFolder);
  return await openStore(location || join(projectFolder, STATE_FOLDER, 'state.db'));
}
