import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { House } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const homeRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/',
  staticData: { title: () => frameWords('home'), rail: { icon: House, order: 10 } },
  component: lazyRouteComponent(() => import('../../features/home/home-page.tsx'), 'HomePage'),
});
