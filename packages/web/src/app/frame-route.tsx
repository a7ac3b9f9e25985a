import { createRoute } from '@tanstack/react-router';

import { Frame } from './frame/frame.tsx';
import { rootRoute } from './root-route.tsx';

/** Pages that stand in the frame are its children. */
export const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  component: Frame,
});
