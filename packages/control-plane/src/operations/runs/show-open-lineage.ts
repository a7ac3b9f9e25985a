import { createHash } from 'node:crypto';

import { openLineageEvent, type OpenLineageEvent } from '@millrace/compiler';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { requireRun } from '../../runs/require-run.ts';

/** A run as events of OpenLineage: its start, and its end once it has one. */
export const showOpenLineage = defineOperation({
  name: 'runs/show-open-lineage',
  summary: 'Show a run as OpenLineage events with the lineage of every published column.',
  permission: 'run.read',
  input: z.strictObject({ run: z.string().min(1) }),
  output: z.strictObject({ events: z.array(z.custom<OpenLineageEvent>()) }),
  async handler(context, { run }) {
    const project = await context.project();
    const found = await requireRun(await context.store(), run);
    const { record, plan } = found;
    const about = { runId: toUuid(record.runId), namespace: project.document.name };
    const events = [openLineageEvent(plan, { ...about, eventType: 'START', eventTime: record.startedAt })];
    const eventType = ENDS[record.state];
    if (eventType !== undefined && record.finishedAt !== null)
      events.push(openLineageEvent(plan, { ...about, eventType, eventTime: record.finishedAt }));
    return { events };
  },
});

const ENDS: Readonly<Partial<Record<RunRecord['state'], OpenLineageEvent['eventType']>>> = {
  succeeded: 'COMPLETE',
  failed: 'FAIL',
  cancelled: 'ABORT',
};

/** OpenLineage knows runs by UUID: version 8, whose bits are the maker's, of the digest of our id. */
function toUuid(runId: string): string {
  const hex = createHash('sha256').update(`millrace:${runId}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
