import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Cable } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const connectionsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/connections',
  staticData: { title: () => frameWords('connections'), rail: { icon: Cable, order: 70 } },
  component: lazyRouteComponent(
    () => import('../../features/connections/connections-page.tsx'),
    'ConnectionsPage',
  ),
});
