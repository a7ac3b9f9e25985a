import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const qualityRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/quality',
  staticData: { title: () => frameWords('quality'), rail: { icon: ShieldCheck, order: 60 } },
  component: lazyRouteComponent(() => import('../../features/quality/quality-page.tsx'), 'QualityPage'),
});
