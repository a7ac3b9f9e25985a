import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { frameRoute } from '../frame-route.tsx';

export const runRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/runs/$run',
  staticData: { title: ({ run = '' }) => run },
  component: lazyRouteComponent(() => import('../../features/runs/run-page.tsx'), 'RunPage'),
});
