import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { frameRoute } from '../frame-route.tsx';

export const designerRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/pipelines/$pipeline',
  staticData: { title: ({ pipeline = '' }) => pipeline },
  component: lazyRouteComponent(() => import('../../designer/designer-page.tsx'), 'DesignerPage'),
});
