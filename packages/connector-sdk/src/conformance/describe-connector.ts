import { afterAll, describe, expect, it } from 'vitest';

import type { ConnectorDefinition } from '../connector.ts';
import type { ConnectorHarness, HarnessInstance } from './harness.ts';
import { createSubject, never } from './subject.ts';
import { describeCursors } from './suites/cursors.ts';
import { describeDigests } from './suites/digests.ts';
import { describeDiscovery } from './suites/discovery.ts';
import { describeFailures } from './suites/failures.ts';
import { describeInterruptions } from './suites/interruptions.ts';
import { describeNames } from './suites/names.ts';
import { describeSettings } from './suites/settings.ts';
import { describeValues } from './suites/values.ts';

/**
 * Declares the tests that every connector passes against the real system, for each variant of its harness. What a
 * machine cannot have is counted as skipped. Publishing is tested with the engine's stage, in `e2e/conformance`.
 */
export async function describeConnector<Config>(
  connector: ConnectorDefinition<Config>,
  harness: ConnectorHarness,
): Promise<void> {
  for (const variant of harness.variants) {
    const instance = await harness.start(variant, never);
    const title = `${connector.title}: ${variant}`;
    if ('skipped' in instance) {
      // oxlint-disable-next-line vitest/no-disabled-tests -- a machine without the server counts it as skipped
      describe.skip(title, () => it(instance.skipped, () => expect.unreachable()));
    } else {
      describe(title, () => describeInstance(connector, instance));
    }
  }
}

function describeInstance<Config>(connector: ConnectorDefinition<Config>, instance: HarnessInstance): void {
  afterAll(() => instance[Symbol.asyncDispose]());
  describeSettings(connector, instance);
  if (instance.source === undefined) return;
  const subject = createSubject(connector, instance, instance.source);
  describeDiscovery(subject);
  describeValues(subject);
  describeNames(subject);
  describeCursors(subject);
  describeDigests(subject);
  describeInterruptions(subject);
  describeFailures(subject);
}
