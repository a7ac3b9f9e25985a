import { PipelineError, type PublicationRecord, type PublishRequest } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import type { CatalogTable } from '../warehouse/catalog.ts';
import { foldName, OWN_SCHEMA } from '../warehouse/names.ts';

/** Throws `fenced` when the table has seen a higher token. */
export function checkFence(request: PublishRequest, record: PublicationRecord | undefined): void {
  if (record === undefined || record.fenceToken <= request.fenceToken) return;
  throw new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: `${formatTableName(request.table)} was published with fence token ${record.fenceToken}, and this attempt has ${request.fenceToken}: another worker took the run over. This attempt stops; that one goes on.`,
  });
}

/** Throws for tables that Millrace did not make, and for those whose rows mean something else than the mode's. */
export function requireOwnTable(request: PublishRequest, current: CatalogTable | undefined): void {
  const name = formatTableName(request.table);
  if (foldName(request.table.schema ?? '') === OWN_SCHEMA) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${name} cannot be a destination: the schema ${OWN_SCHEMA} holds Millrace's own records. Give another schema.`,
    });
  }
  if (current === undefined) return;
  if (current.publication === null) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${name} exists and was not made by Millrace. Rename or drop it, or give another destination table.`,
    });
  }
  if (current.publication.mode === 'scd2' && (request.mode === 'append' || request.mode === 'merge')) {
    throw new PipelineError({
      code: 'schemaDrift',
      blame: 'config',
      retry: 'never',
      message: `${name} holds versions of rows (scd2) and cannot go on with write: ${request.mode}. Rebuild it with write: replace, or give another destination table.`,
    });
  }
}
