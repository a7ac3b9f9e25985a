import { lazy, Suspense, useEffect } from 'react';
import type { ReactNode } from 'react';

import { setPaletteOpen, usePaletteOpen } from './command-palette-state.ts';

const Open = lazy(async () => ({ default: (await import('./open-command-palette.tsx')).OpenCommandPalette }));

/** Ctrl-K: go anywhere, run anything. Loaded when it is first opened. */
export function CommandPalette(): ReactNode {
  const isOpen = usePaletteOpen();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (
        event.key.toLowerCase() !== 'k' ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      setPaletteOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return isOpen ? (
    <Suspense fallback={null}>
      <Open onClose={() => setPaletteOpen(false)} />
    </Suspense>
  ) : null;
}
