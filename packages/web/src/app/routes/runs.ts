import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ListVideo } from 'lucide-react';

import { runWords } from '../../words/runs.ts';
import { frameRoute } from '../frame-route.tsx';

export const runsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/runs',
  staticData: { title: () => runWords('title'), rail: { icon: ListVideo, order: 30 } },
  component: lazyRouteComponent(() => import('../../features/runs/runs-page.tsx'), 'RunsPage'),
});
