import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { identityWords } from '../../words/identity.ts';
import { rootRoute } from '../root-route.tsx';

export const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  staticData: { title: () => identityWords('setUp') },
  component: lazyRouteComponent(() => import('../../features/identity/set-up-page.tsx'), 'SetUpPage'),
});
