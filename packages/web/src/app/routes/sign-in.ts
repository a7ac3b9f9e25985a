import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { identityWords } from '../../words/identity.ts';
import { rootRoute } from '../root-route.tsx';

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  staticData: { title: () => identityWords('signIn') },
  component: lazyRouteComponent(() => import('../../features/identity/sign-in-page.tsx'), 'SignInPage'),
});
