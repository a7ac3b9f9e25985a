import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { frameRoute } from '../frame-route.tsx';

export const connectionRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/connections/$connection',
  staticData: { title: ({ connection = '' }) => connection },
  component: lazyRouteComponent(
    () => import('../../features/connections/connection-page.tsx'),
    'ConnectionPage',
  ),
});
