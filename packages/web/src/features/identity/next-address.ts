/** Where to go after signing in: an address of this portal. What leads elsewhere is left out. */
export function nextAddress(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  // A browser reads `//host` and `/\host` as another site.
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/';
}
