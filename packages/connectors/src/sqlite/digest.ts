import type { DatabaseSync } from 'node:sqlite';

import {
  BatchDigest,
  type BucketDigest,
  type DigestField,
  type DigestRequest,
  type RowDigest,
} from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';

import { planAtMost } from './cursor.ts';
import { quote } from './quote.ts';
import { readTable, type ReadPlan } from './read.ts';

/** The same decoding as a load's, so that both have the same idea of every value; only the hashes leave this thread. */
export async function digestTable(
  database: DatabaseSync,
  request: DigestRequest,
  signal: AbortSignal,
): Promise<readonly BucketDigest[]> {
  const digest = new BatchDigest(request);
  for await (const batch of readTable(database, planOf(request), signal)) digest.add(batch);
  return digest.result();
}

export async function* digestTableRows(
  database: DatabaseSync,
  request: DigestRequest,
  inBuckets: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<RowDigest, void, undefined> {
  const digest = new BatchDigest(request);
  const wanted = new Set(inBuckets);
  for await (const batch of readTable(database, planOf(request), signal)) yield* digest.rows(batch, wanted);
}

function planOf(request: DigestRequest): ReadPlan {
  const fields = request.fields.map(toSourceField);
  const plan = { table: request.table, fields, cursor: null };
  const filter = request.where;
  switch (filter?.kind) {
    case undefined:
      return plan;
    case 'isNull':
      return { ...plan, conditions: [`${quote(filter.column)} IS NULL`] };
    case 'isTrue':
      return { ...plan, conditions: [`${quote(filter.column)} = 1`] };
    case 'atMost': {
      const field = fields.find((candidate) => candidate.name === filter.column);
      if (field === undefined)
        throw new RangeError(`The column ${filter.column} is not among the columns to digest.`);
      return { ...plan, atMost: planAtMost(field, filter.value) };
    }
  }
}

function toSourceField(field: DigestField): SourceField {
  return { name: field.name, type: field.type, nullable: field.nullable, nativeType: field.nativeType ?? '' };
}
