import type { DocumentPath, Load, PipelineDocument, SourceTable, TableName } from '@millrace/spec';

import type { DestinationConnection, SourceConnection } from '../compilation.ts';
import type { Contract, QuarantineLimit } from '../plan.ts';
import type { MetadataValue } from './plan-columns.ts';

/** What the document says about loads of one pair of steps, or of one replicate step. */
export interface LoadSettings {
  readonly sourceStep: string;
  readonly destinationStep: string;
  /** What is loaded, for messages: the table, or the tables of a connection. */
  readonly subject: string;
  readonly source: SourceConnection;
  readonly destination: DestinationConnection;
  readonly load: Load;
  readonly columns: {
    readonly include?: readonly string[] | undefined;
    readonly exclude?: readonly string[] | undefined;
  };
  readonly write: 'append' | 'replace' | 'merge' | 'scd2' | undefined;
  readonly deletes: 'soft' | 'hard' | 'ignore' | undefined;
  readonly key: readonly string[] | undefined;
  readonly contract: Contract;
  readonly quarantine: QuarantineLimit;
  readonly metadata: readonly MetadataValue[];
  /** Where the settings stand: those of reading and those of writing (the same for replicate). */
  readonly paths: { readonly read: DocumentPath; readonly write: DocumentPath; readonly table: DocumentPath };
}

/** One table of them. */
export interface TableLoad {
  readonly table: SourceTable;
  readonly target: TableName;
}

type StepSettings = {
  readonly contract?: Extract<PipelineDocument['steps'][string], { source: unknown }>['contract'];
  readonly quarantine?: Extract<PipelineDocument['steps'][string], { source: unknown }>['quarantine'];
  readonly metadataColumns?: Extract<
    PipelineDocument['steps'][string],
    { source: unknown }
  >['metadataColumns'];
};

/**
 * The defaults: what a document that says nothing gets. A new column arrives, a type widens without loss, a column that
 * is gone stops the load, and 1,000 rejected rows or a hundredth of all, whichever is less, stop it too.
 */
export const DEFAULT_CONTRACT: Contract = {
  newTables: 'evolve',
  missingTables: 'evolve',
  newColumns: 'evolve',
  typeChanges: 'evolve',
  missingColumns: 'freeze',
};
export const DEFAULT_QUARANTINE: QuarantineLimit = { maxRows: 1000, maxShare: 0.01 };

/** A document may say `stop` for `freeze`, and a few words more; a plan has one for each. */
function contractOf(contract: StepSettings['contract']): Contract {
  const { newTables, missingTables, newColumns, typeChanges, missingColumns } = contract ?? {};
  return {
    newTables: newTables ?? DEFAULT_CONTRACT.newTables,
    missingTables: missingTables ?? DEFAULT_CONTRACT.missingTables,
    newColumns:
      newColumns === 'ignore'
        ? 'discardValue'
        : newColumns === 'stop'
          ? 'freeze'
          : (newColumns ?? DEFAULT_CONTRACT.newColumns),
    typeChanges:
      typeChanges === 'widen'
        ? 'evolve'
        : typeChanges === 'stop'
          ? 'freeze'
          : (typeChanges ?? DEFAULT_CONTRACT.typeChanges),
    missingColumns:
      missingColumns === 'fill'
        ? 'evolve'
        : missingColumns === 'stop'
          ? 'freeze'
          : (missingColumns ?? DEFAULT_CONTRACT.missingColumns),
  };
}

/** What stands beside the verb, with the defaults filled in. */
export function stepSettings(step: StepSettings): Pick<LoadSettings, 'contract' | 'quarantine' | 'metadata'> {
  return {
    contract: contractOf(step.contract),
    quarantine: {
      maxRows: step.quarantine?.maxRows ?? DEFAULT_QUARANTINE.maxRows,
      maxShare: step.quarantine?.maxShare ?? DEFAULT_QUARANTINE.maxShare,
    },
    metadata: [...new Set(step.metadataColumns ?? [])],
  };
}
