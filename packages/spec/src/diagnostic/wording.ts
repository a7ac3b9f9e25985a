export type Names = readonly string[];

const MAX_LISTED = 8;

export function list(names: Names): string {
  const shown = names.slice(0, MAX_LISTED).join(', ');
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} more` : shown;
}

/** ` Did you mean 'x'?`, else what else there is. */
export function hint(nearest: Names, known: Names, words: string): string {
  if (nearest.length > 0) return ` Did you mean ${nearest.map((name) => `'${name}'`).join(' or ')}?`;
  return known.length > 0 ? ` ${words}: ${list(known)}.` : '';
}

export function choose(candidates: Names, otherwise: string): string {
  return candidates.length > 0 ? `Choose ${list(candidates)}, or ${otherwise}.` : `Use ${otherwise}.`;
}
