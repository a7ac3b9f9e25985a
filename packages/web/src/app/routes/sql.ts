import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { SquareTerminal } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const sqlRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sql',
  staticData: { title: () => frameWords('sql'), rail: { icon: SquareTerminal, order: 50 } },
  component: lazyRouteComponent(() => import('../../features/sql/sql-page.tsx'), 'SqlPage'),
});
