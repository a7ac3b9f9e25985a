import type { Capabilities } from '@millrace/spec';

import type { TableEvidence } from '../evidence/table-evidence.ts';

/** What a pipeline is written from. */
export interface GenerateInput {
  /** Name of the pipeline. */
  readonly name: string;
  /** `raw`: each table as it is. `star`: facts and dimensions, where there are facts. */
  readonly goal: 'raw' | 'star';
  readonly from: { readonly connection: string; readonly source: NonNullable<Capabilities['source']> };
  readonly into: {
    readonly connection: string;
    readonly destination: NonNullable<Capabilities['destination']>;
    /** Schema of the tables, where the destination has schemas. */
    readonly schema: string;
  };
  readonly tables: readonly TableEvidence[];
  /** When the samples were taken, in ISO 8601. */
  readonly at: string;
}
