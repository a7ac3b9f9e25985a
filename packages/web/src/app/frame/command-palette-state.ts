import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let isOpen = false;

export function setPaletteOpen(next: boolean): void {
  isOpen = next;
  for (const listener of listeners) listener();
}

export function openPalette(): void {
  setPaletteOpen(true);
}

export function usePaletteOpen(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    () => isOpen,
  );
}
