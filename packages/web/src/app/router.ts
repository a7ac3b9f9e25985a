import { createRouter } from '@tanstack/react-router';

import { RouteError } from './route-error.tsx';
import { routeTree } from './route-tree.ts';
import { toSignIn } from './to-sign-in.ts';

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: RouteError,
  // Pages keep their own scrolled panes.
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: typeof router;
  }
}

/** The page that asks who one is, which leads back here. */
export function goToSignIn(): void {
  toSignIn(router.history);
}
