import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Table2 } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const datasetsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/datasets',
  staticData: { title: () => frameWords('datasets'), rail: { icon: Table2, order: 40 } },
  component: lazyRouteComponent(() => import('../../features/datasets/datasets-page.tsx'), 'DatasetsPage'),
});

export const datasetRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/datasets/$ref',
  staticData: { title: ({ ref }) => ref ?? frameWords('datasets') },
  component: lazyRouteComponent(() => import('../../features/datasets/dataset-page.tsx'), 'DatasetPage'),
});
