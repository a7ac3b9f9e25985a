import { useRouter } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';

import '../route-data.ts';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
}

/** The pages of the rail, in their order, as their routes say. */
export function usePages(): readonly Page[] {
  const { routesByPath } = useRouter();
  return Object.entries(routesByPath)
    .flatMap(([path, route]) => {
      const { rail, title } = route.options.staticData ?? {};
      return rail === undefined || title === undefined
        ? []
        : [{ path, title: title({}), icon: rail.icon, order: rail.order }];
    })
    .sort((one, other) => one.order - other.order);
}
