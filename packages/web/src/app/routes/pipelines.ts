import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Workflow } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const pipelinesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/pipelines',
  staticData: { title: () => frameWords('pipelines'), rail: { icon: Workflow, order: 20 } },
  component: lazyRouteComponent(() => import('../../features/pipelines/pipelines-page.tsx'), 'PipelinesPage'),
});
