import type { Operation } from '../operation.ts';
import { isAudited } from '../identity/permissions.ts';
import { toOperationError } from '../operations/operation-error.ts';
import type { Redactor } from '../secrets/redactor.ts';
import type { AuditOutcome } from './audit-log.ts';

/** Writes down how an operation ended; `reason` is the code of its error. */
export type NoteOutcome = (outcome: AuditOutcome, reason: string | null) => Promise<void>;

/** Does the work of an operation, and has it noted where its permission asks for that: before anybody hears of its result. */
export async function audited<Result>(
  { permission }: Pick<Operation, 'permission'>,
  redactor: Redactor,
  note: NoteOutcome,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isAudited(permission)) return await work();
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await note('failed', toOperationError(error, redactor).code);
    throw error;
  }
  await note('done', null);
  return result;
}
