import {
  controlVariable,
  openServerPool,
  removeAbandonedFolders,
  serveControl,
} from '@millrace/connector-sdk/testing';
import { compiledCode, removeOldCode } from './compiled-code.ts';
import { serverDefinitions } from './server-definitions.ts';

/**
 * Makes the test servers available to the test processes, which find them by an environment variable that they
 * inherit. A server starts when a test first asks for it, so a run of pure tests starts none.
 */
export async function setup(): Promise<() => Promise<void>> {
  removeAbandonedFolders();
  removeOldCode(compiledCode, Date.now());
  const definitions = await serverDefinitions(`${import.meta.dirname}/../..`);
  const pool = openServerPool(definitions, (name, reason) =>
    console.log(`skipped: tests of ${name}: ${reason}`),
  );
  const control = await serveControl(pool);
  process.env[controlVariable] = control.socketPath;
  return async () => {
    await control[Symbol.asyncDispose]();
    await pool.stop();
  };
}
