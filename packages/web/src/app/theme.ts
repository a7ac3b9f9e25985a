import { useSyncExternalStore } from 'react';

import { readRemembered, remember } from '../ui/remembered.ts';

/** `system` follows the computer. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const listeners = new Set<() => void>();
let choice: ThemeChoice = 'system';

/** Before anything is rendered, so that no page flashes. */
export function startTheme(): void {
  const remembered = readRemembered('theme');
  choice = remembered === 'light' || remembered === 'dark' ? remembered : 'system';
  apply();
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  remember('theme', next);
  apply();
  for (const listener of listeners) listener();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    () => choice,
  );
}

function apply(): void {
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
}
