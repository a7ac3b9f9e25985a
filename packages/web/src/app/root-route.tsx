import { createRootRoute, Outlet } from '@tanstack/react-router';

import { NotFoundPage } from './not-found-page.tsx';
import { RouteError } from './route-error.tsx';

/** Around every page, the sign-in page too. */
export const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: RouteError,
});
