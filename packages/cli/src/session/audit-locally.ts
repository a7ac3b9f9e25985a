import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { PROJECT_FILE, appendAudit, auditTarget, audited } from '@millrace/control-plane';
import type { Operation, OperationContext } from '@millrace/control-plane';

/**
 * Does the work of an operation in this process, and keeps in the project's audit log that this machine's user did it: a
 * command without a server leaves the same trace. What makes a project happens before it has a log.
 */
export async function auditLocally<Result>(
  context: OperationContext,
  operation: Operation,
  input: unknown,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!existsSync(join(context.projectFolder, PROJECT_FILE))) return await work();
  return await audited(
    operation,
    context.redactor,
    async (outcome, reason) => {
      const target = context.redactor.text(auditTarget(input));
      const act = { actor: context.caller, address: hostname(), action: operation.name, target };
      await appendAudit(await context.store(), { ...act, outcome, reason }, Date.now());
    },
    work,
  );
}
