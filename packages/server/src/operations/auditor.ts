import { appendAudit } from '@millrace/control-plane';
import type { AuditedAct, ProjectHost } from '@millrace/control-plane';
import type { Context } from 'hono';

import type { AddressOf } from '../identity/address-of.ts';

/** Appends to the audit log what a request did. */
export type Auditor = (c: Context, act: Omit<AuditedAct, 'address'>) => Promise<void>;

export function createAuditor(host: ProjectHost, addressOf: AddressOf): Auditor {
  return async (c, act) => {
    const clean = { ...act, address: addressOf(c), target: host.redactor.text(act.target) };
    await appendAudit(await host.store(), clean, Date.now());
  };
}
