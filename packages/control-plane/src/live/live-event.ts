import type { RunEvent } from '@millrace/engine';

/** Something that changed, for whoever looks at it now. What it changed to is asked for by operations. */
export type LiveFact =
  | { readonly kind: 'run'; readonly runId: string; readonly pipeline: string; readonly state: string }
  | { readonly kind: 'runEvent'; readonly event: RunEvent }
  | { readonly kind: 'document'; readonly path: string; readonly pipeline: string | null }
  | { readonly kind: 'dataset'; readonly ref: string }
  | { readonly kind: 'schedule'; readonly pipeline: string }
  /** Events were missed and cannot be told again: whoever looks must ask anew for everything. */
  | { readonly kind: 'reset' };

/** A fact with its number; numbers rise, over restarts of the server too. */
export type LiveEvent = LiveFact & { readonly id: number };
