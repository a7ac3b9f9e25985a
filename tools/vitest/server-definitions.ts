import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestServerDefinition } from '@millrace/connector-sdk/testing';

/** Every test server that a connector's `harness/servers.ts` exports. */
export async function serverDefinitions(projectFolder: string): Promise<TestServerDefinition[]> {
  const connectors = join(projectFolder, 'packages/connectors/src');
  const files = readdirSync(connectors)
    .map((folder) => join(connectors, folder, 'harness/servers.ts'))
    .filter((file) => existsSync(file));
  const modules = await Promise.all(
    files.map(async (file): Promise<Record<string, unknown>> => await import(pathToFileURL(file).href)),
  );
  return modules.flatMap((module) => Object.values(module).filter(isTestServerDefinition));
}

function isTestServerDefinition(value: unknown): value is TestServerDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'debianPackages' in value &&
    'start' in value &&
    typeof value.start === 'function'
  );
}
