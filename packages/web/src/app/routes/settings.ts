import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Settings } from 'lucide-react';

import { frameWords } from '../../words/frame.ts';
import { frameRoute } from '../frame-route.tsx';

export const settingsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/settings',
  staticData: { title: () => frameWords('settings'), rail: { icon: Settings, order: 90 } },
  component: lazyRouteComponent(() => import('../../features/settings/settings-page.tsx'), 'SettingsPage'),
});
