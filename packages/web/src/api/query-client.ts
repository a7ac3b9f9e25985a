import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { CallError } from './call.ts';

/** `onSignedOut` is called when the server no longer knows who calls. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error): void => {
    if (error instanceof CallError && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // Live events say what changed; this is for what they do not cover.
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        // What the server refused it refuses again; a line that broke may be back.
        retry: (count, error) => !(error instanceof CallError) && count < 2,
        retryDelay: 500,
      },
    },
  });
}
