import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { createQueryClient } from '../api/query-client.ts';
import { ToastScope } from '../ui/toast.tsx';
import { TooltipScope } from '../ui/tooltip.tsx';
import { goToSignIn, router } from './router.ts';

const client = createQueryClient(goToSignIn);

export function App(): ReactNode {
  return (
    <QueryClientProvider client={client}>
      <TooltipScope>
        <ToastScope>
          <RouterProvider router={router} />
        </ToastScope>
      </TooltipScope>
    </QueryClientProvider>
  );
}
