import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { call } from '../api/call.ts';

const client = new QueryClient();

export function App(): ReactNode {
  return (
    <QueryClientProvider client={client}>
      <Runs />
    </QueryClientProvider>
  );
}

function Runs(): ReactNode {
  const runs = useQuery({
    queryKey: ['runs/list-runs'],
    queryFn: ({ signal }) => call('runs/list-runs', {}, signal),
  });
  return <main className="p-4">{runs.data?.runs.length ?? 0} runs</main>;
}
