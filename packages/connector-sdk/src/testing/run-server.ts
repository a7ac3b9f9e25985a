import { createHash } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cachedFolder } from './cached-folder.ts';
import { certificateFiles, writeCertificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { startProcess } from './managed-process.ts';
import type { ManagedProcess, ManagedProcessOptions } from './managed-process.ts';
import { runCommand } from './run-command.ts';
import type { TestServer } from './server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What differs between one database server and another. */
export interface ServerRecipe {
  readonly name: string;
  readonly version: string;
  /** Numeric user who runs the server and owns its data; without it the current user. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /**
   * Makes an initialised data folder with users and databases in `folder`, which exists and holds the certificates.
   * It runs once per machine: the result is cached under the name, version and `templateKey`.
   */
  readonly initialise: (folder: string, signal: AbortSignal) => Promise<void>;
  /** Anything that `initialise` depends on, such as its SQL. */
  readonly templateKey: string;
  /** Paths inside the data folder that identify an instance and must not be copied. */
  readonly identityFiles?: readonly string[];
  readonly process: (place: { folder: string; port: number }) => ManagedProcessOptions;
  readonly stopSignals: { readonly fast: NodeJS.Signals; readonly immediate: NodeJS.Signals };
  readonly connection: (port: number) => Readonly<Record<string, unknown>>;
  readonly adminConnection: (port: number) => Readonly<Record<string, unknown>>;
}

/** Copies the cached, initialised data folder and runs the server on it until `stop`, or until this process dies. */
export async function runServer(recipe: ServerRecipe, signal: AbortSignal): Promise<TestServer> {
  const template = await dataTemplate(recipe, signal);
  const folder = temporaryFolder(recipe.name);
  const data = join(folder.path, 'data');
  try {
    await runCommand('cp', ['-a', '--reflink=auto', '--sparse=auto', template, data], {}, signal);
    for (const file of recipe.identityFiles ?? [])
      await runCommand('rm', ['-f', join(data, file)], {}, signal);
    if (recipe.owner !== undefined) {
      await runCommand('chown', ['-R', `${recipe.owner.uid}:${recipe.owner.gid}`, folder.path], {}, signal);
    }
    await chmod(data, 0o700);
    return await runOnFreePort(recipe, folder, data, signal);
  } catch (error) {
    folder.remove();
    throw error;
  }
}

function dataTemplate(recipe: ServerRecipe, signal: AbortSignal): Promise<string> {
  const key = createHash('sha256')
    .update(`${recipe.version}\n${recipe.templateKey}`)
    .digest('hex')
    .slice(0, 16);
  return cachedFolder(`data-${recipe.name}-${key}`, async (folder) => {
    await writeCertificates(folder, signal);
    await recipe.initialise(folder, signal);
  });
}

async function runOnFreePort(
  recipe: ServerRecipe,
  folder: ReturnType<typeof temporaryFolder>,
  data: string,
  signal: AbortSignal,
): Promise<TestServer> {
  const attempts = 3;
  let port = 0;
  let running: ManagedProcess | undefined;
  for (let attempt = 1; running === undefined; attempt++) {
    port = await freePort();
    running = await startProcess(recipe.process({ folder: data, port }), signal).catch((error: unknown) => {
      if (attempt < attempts && /address already in use/i.test(String(error))) return undefined;
      throw error;
    });
  }
  let current = running;
  return {
    name: recipe.name,
    version: recipe.version,
    connection: recipe.connection(port),
    adminConnection: recipe.adminConnection(port),
    tlsCaFile: join(data, certificateFiles.authority),
    get processId() {
      return current.processId;
    },
    dataFolder: data,
    async stop() {
      // Nobody reads the data again, so there is no reason to wait for an orderly shutdown.
      await current.stop(recipe.stopSignals.immediate);
      folder.remove();
    },
    async restart(mode) {
      await current.stop(recipe.stopSignals[mode]);
      const again = (): Promise<ManagedProcess> =>
        startProcess(recipe.process({ folder: data, port }), AbortSignal.timeout(60_000));
      // Children of a killed server may hold its port or shared memory for a moment.
      current = await again().catch(() => setTimeout(500).then(again));
    },
  };
}
