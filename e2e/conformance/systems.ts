import { existsSync } from 'node:fs';

import type { ConnectorDefinition } from '@millrace/connector-sdk';
import type { ConnectorHarness, HarnessInstance } from '@millrace/connector-sdk/conformance';
import { registry } from '@millrace/connectors';

/** One connector against one real system. */
export interface System {
  /** `mysql: mariadb`. */
  readonly title: string;
  readonly connector: string;
  readonly definition: ConnectorDefinition<never>;
  /** A place of its own in the system, or why this machine cannot have one. */
  start(): Promise<HarnessInstance | { readonly skipped: string }>;
}

export const never: AbortSignal = new AbortController().signal;

/** Every connector of the registry whose folder holds a harness, in each of its variants. */
export async function findSystems(): Promise<readonly System[]> {
  const systems: System[] = [];
  for (const [connector, load] of Object.entries(registry)) {
    const url = new URL(
      `../../packages/connectors/src/${connector}/harness/conformance-harness.ts`,
      import.meta.url,
    );
    if (!existsSync(url)) continue;
    const { harness } = (await import(url.href)) as { readonly harness: ConnectorHarness };
    const definition = await load();
    for (const variant of harness.variants) {
      const title = `${connector}: ${variant}`;
      systems.push({ title, connector, definition, start: () => harness.start(variant, never) });
    }
  }
  return systems;
}

/** A system that runs, with the instance that the tests use. */
export interface RunningSystem extends System {
  readonly instance: HarnessInstance;
}

/** Starts all of them; those that this machine cannot have come back with the reason. */
export async function startSystems(
  systems: readonly System[],
): Promise<{ readonly running: readonly RunningSystem[]; readonly skipped: readonly string[] }> {
  const running: RunningSystem[] = [];
  const skipped: string[] = [];
  for (const system of systems) {
    const instance = await system.start();
    if ('skipped' in instance) skipped.push(`${system.title}: ${instance.skipped}`);
    else running.push({ ...system, instance });
  }
  return { running, skipped };
}
