import type { Capabilities, DestinationType, LogicalType } from '@millrace/spec';
import type { z } from 'zod';

import type { Destination } from './destination.ts';
import type { Source } from './source.ts';

/** One row of a connector's type table; the reference page and the tests are made from it. */
export interface TypeRule {
  /** `bigint unsigned`, `decimal(p, s) with p > 38`. */
  readonly native: string;
  /** In the words of `formatLogicalType`, with variables: `decimal(p, s)`. */
  readonly logical: string;
  readonly outcome: 'exact' | 'mapped' | 'quarantined';
  /** Required unless exact: what happens to which values. */
  readonly note?: string;
}

/**
 * A system that tables come from or go to. Importing a definition loads no driver; `openSource` and
 * `openDestination` import what they need.
 *
 * Each key of the config schema carries `.meta({ title, examples, secret?: true, advanced?: true })` and `.describe()`; the
 * schema is strict, so unknown keys are refused. Values arrive resolved (`${secret:…}` replaced).
 */
export interface ConnectorDefinition<Config = unknown> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly config: z.ZodType<Config>;
  readonly capabilities: Capabilities;
  readonly sourceTypes?: readonly TypeRule[];
  /** The type a destination column gets; undefined when the type cannot be kept there (a plan-time diagnostic). */
  readonly destinationType?: (type: LogicalType) => DestinationType | undefined;
  /**
   * Values of a type that a destination column cannot keep, as a DuckDB predicate over `{column}` (replaced by the quoted
   * column, never NULL): rows for which it is true go to quarantine when they are staged. Undefined when every value fits.
   */
  readonly destinationRejects?: (type: LogicalType) => string | undefined;
  readonly openSource?: (config: Config, signal: AbortSignal) => Promise<Source>;
  readonly openDestination?: (config: Config, signal: AbortSignal) => Promise<Destination>;
  /**
   * Opens the system for a process that stays its one owner and answers publications, reads and questions of other
   * processes at the same time. Present for systems that one process at a time can own.
   */
  readonly openHosted?: (config: Config, signal: AbortSignal) => Promise<HostedSystem>;
}

/** Both sides of a system in the process that owns it; what people ask it cannot change it, whatever else goes on. */
export interface HostedSystem extends AsyncDisposable {
  readonly source: Source;
  readonly destination: Destination;
}

/**
 * Declares a connector. The result forgets the type of its settings, because everyone else handles connectors of any
 * kind: `definition.config.parse(value)` gives what `openSource` and the others take, and nothing else does.
 */
export function defineConnector<Config>(definition: ConnectorDefinition<Config>): ConnectorDefinition<never> {
  // Safe because settings reach the functions only through the schema of the same object.
  return Object.freeze(definition) as unknown as ConnectorDefinition<never>;
}

/** The connectors a composition root offers, by name. Loading one imports its `connector.ts` and no driver. */
export type ConnectorRegistry = Readonly<Record<string, () => Promise<ConnectorDefinition<never>>>>;
