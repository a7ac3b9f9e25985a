import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { CalendarClock } from 'lucide-react';

import { scheduleWords } from '../../words/schedules.ts';
import { frameRoute } from '../frame-route.tsx';

export const schedulesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/schedules',
  staticData: { title: () => scheduleWords('title'), rail: { icon: CalendarClock, order: 35 } },
  component: lazyRouteComponent(() => import('../../features/schedules/schedules-page.tsx'), 'SchedulesPage'),
});
