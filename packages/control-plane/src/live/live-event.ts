import type { RunEvent } from '@millrace/engine';

import type { RunRecord } from '../runs/run-record.ts';

/** Something that happened and that a person who looks at it should see. Holds no secret. */
export type LiveFact =
  | {
      readonly kind: 'run';
      readonly runId: string;
      readonly pipeline: string;
      readonly state: RunRecord['state'];
    }
  | { readonly kind: 'runEvent'; readonly event: RunEvent }
  /** A file of the project changed; `pipeline` is null for files that are none. */
  | { readonly kind: 'document'; readonly path: string; readonly pipeline: string | null }
  | { readonly kind: 'dataset'; readonly ref: string }
  | { readonly kind: 'schedule'; readonly pipeline: string }
  /** More happened than can be told one by one: whoever follows reads everything anew. */
  | { readonly kind: 'reset' };

/** `id` says where to go on: to be given back as it is, and not to be compared. */
export type LiveEvent = LiveFact & { readonly id: string };
