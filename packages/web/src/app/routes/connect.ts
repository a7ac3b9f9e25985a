import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { connectWords } from '../../words/connect.ts';
import { frameRoute } from '../frame-route.tsx';

export const connectRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/connections/new',
  staticData: { title: () => connectWords('title') },
  component: lazyRouteComponent(() => import('../../features/connect/connect-page.tsx'), 'ConnectPage'),
});
