import type { RouterHistory } from '@tanstack/react-router';

/** To the page that asks who one is, which leads back; once, however many answers say so. */
export function toSignIn(history: RouterHistory): void {
  const { pathname, href } = history.location;
  if (pathname !== '/sign-in') history.push(`/sign-in?next=${encodeURIComponent(href)}`);
}
