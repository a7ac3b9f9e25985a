import type { LiveEvent } from '@millrace/control-plane';

/** What the portal hears: events of the server, and a `reset` of its own after a line was lost. */
export type LiveNews = LiveEvent | { readonly kind: 'reset' };
