import { lazy, Suspense, useEffect } from 'react';
import type { ReactNode } from 'react';

import { setPaletteOpen, usePaletteOpen } from './command-palette-state.ts';
import type { OpenCommandPalette } from './open-command-palette.tsx';

const load = async (): Promise<{ readonly default: typeof OpenCommandPalette }> => ({
  default: (await import('./open-command-palette.tsx')).OpenCommandPalette,
});
const Open = lazy(load);

/** Once a page stands, so that keys which follow Ctrl-K at once are not lost while it loads. */
const PREFETCH_MS = 1_500;

/** Ctrl-K: go anywhere, run anything. Not part of the first load. */
export function CommandPalette(): ReactNode {
  const isOpen = usePaletteOpen();
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => undefined), PREFETCH_MS);
    return () => clearTimeout(timer);
  }, []);
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
