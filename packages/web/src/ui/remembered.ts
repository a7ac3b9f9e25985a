const PREFIX = 'millrace.';

/** What this browser was asked to remember: places of dividers, the theme, the tour. Undefined where storage is closed. */
export function readRemembered(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Comfort only: without storage it is forgotten. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is closed to this page.
  }
}
