import { useSyncExternalStore } from 'react';

const query = '(max-width: 1199px)';

/** Whether the window is as narrow as a tablet's: panes at the side then leave more to the canvas. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => window.matchMedia(query).matches,
  );
}
