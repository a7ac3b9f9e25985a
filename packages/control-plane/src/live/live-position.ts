/** How far the two sequences that the feed reads were told. */
export interface LivePosition {
  readonly events: number;
  readonly notices: number;
}

export function formatPosition({ events, notices }: LivePosition): string {
  return `${events}-${notices}`;
}

/** Undefined for a text that is no position. */
export function parsePosition(text: string): LivePosition | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return match ? { events: Number(match[1]), notices: Number(match[2]) } : undefined;
}
