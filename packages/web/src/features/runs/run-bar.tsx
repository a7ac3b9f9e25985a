import type { ReactNode } from 'react';

/** How far a card's work is, from 0 to 1, at its lower edge; half of the way where nobody can tell. */
export function RunBar({ share }: { readonly share: number | null }): ReactNode {
  return (
    <span
      aria-hidden
      className="bg-busy absolute bottom-0 left-0 h-0.5 rounded-b-md"
      style={{ width: `${(share ?? 0.5) * 100}%` }}
    />
  );
}
